"""The page of one conversation, and what a reviewer does with it.

Beside the message path. From a wrong answer on the screen to a candidate it takes two keys or
clicks: wrong, and what it should have been.
"""

from __future__ import annotations

import sqlalchemy as sa
from starlette.responses import JSONResponse, Response

from bot.console import inbox, review, transcript
from bot.console.filters import Filters
from bot.console.page import Page, own_path
from bot.console.pages_inbox import choices, intents
from bot.console.tables import users
from bot.console.wording import knowledge_base
from bot.transcript_tables import conversations

NUMBERED = 5  # alternatives that a key chooses


def show(page: Page) -> Response:
    identity = page.path["conversation"]
    filters = Filters.parse(page.query)
    earlier = page.query.get("earlier", "")
    with page.engine.connect() as connection:
        row = transcript.conversation(connection, identity)
        if row is None:
            return page.refuse(404, "refused.unknown")
        start = int(earlier) if earlier.isascii() and earlier.isdigit() else 0
        turns, more = transcript.turns(connection, identity, min(start, 2**62))
        newer, older = inbox.neighbours(connection, row, filters)
        notes = transcript.notes_of(connection, identity)
    page.note("view conversation", identity)
    return page.render(
        "conversation.html",
        row=row,
        turns=turns,
        earlier=more,
        newer=newer,
        older=older,
        notes=notes,
        filters=filters,
        choices=choices(page),
        numbered=NUMBERED,
        documents=knowledge_base().documents,
    )


def verdict(page: Page) -> Response:
    """Right, wrong, or taken back; with what the message should have been understood as."""
    identity, turn = page.path["conversation"], page.field("turn")
    given = page.field("verdict")
    kb = knowledge_base()
    chosen = {
        "intent": _among(page.field("intent"), intents()),
        "treatment": _among(page.field("treatment"), kb.treatments),
        "topic": _among(page.field("topic"), kb.topics),
        "language": _among(page.field("language"), kb.languages),
    }
    with page.engine.begin() as connection:
        if given == "none":
            review.withdraw(connection, identity, turn)
            done = True
        elif given in ("right", "wrong"):
            judged = review.Verdict(given == "right", **chosen)
            done = review.judge(connection, identity, turn, judged, page.user.name)
        else:
            done = False
        if done:
            page.console.audit.write(
                page.user.name,
                "correct",
                identity,
                {"turn": turn, "verdict": given, **{k: v for k, v in chosen.items() if v}},
                connection,
            )
    if page.request.headers.get("accept") == "application/json":
        return JSONResponse({"done": done}, 200 if done else 404)
    return _back(page, f"#turn-{turn}") if done else page.refuse(404, "refused.unknown")


def note(page: Page) -> Response:
    text = page.field("text", review.LONGEST_NOTE)
    with page.engine.begin() as connection:
        if text and _exists(page, connection):
            review.add_note(connection, page.path["conversation"], text, page.user.name)
            _noted(page, connection, "note")
    return _back(page, "#notes")


def tags(page: Page) -> Response:
    with page.engine.begin() as connection:
        kept = review.set_tags(connection, page.path["conversation"], page.field("tags", 1000))
        _noted(page, connection, "tag", tags=kept)
    return _back(page)


def assign(page: Page) -> Response:
    who = page.field("assigned")
    with page.engine.begin() as connection:
        known = connection.execute(sa.select(users.c.id).where(users.c.name == who)).first()
        review.assign(connection, page.path["conversation"], who if known else "")
        _noted(page, connection, "assign", to=who if known else "")
    return _back(page)


def reviewed(page: Page) -> Response:
    """Mark as reviewed, or as new again; with `next`, go on to another conversation."""
    done = page.field("reviewed") != "no"
    with page.engine.begin() as connection:
        review.mark(connection, page.path["conversation"], reviewed=done)
        _noted(page, connection, "mark reviewed" if done else "mark new")
    return _back(page)


def acknowledge(page: Page) -> Response:
    with page.engine.begin() as connection:
        review.acknowledge(connection, page.path["conversation"])
        _noted(page, connection, "acknowledge emergency")
    return _back(page)


def _noted(page: Page, connection: sa.engine.Connection, action: str, **detail: object) -> None:
    page.console.audit.write(page.user.name, action, page.path["conversation"], detail, connection)


def _exists(page: Page, connection: sa.engine.Connection) -> bool:
    query = sa.select(conversations.c.id).where(conversations.c.id == page.path["conversation"])
    return connection.execute(query).first() is not None


def _among(value: str, allowed: object) -> str | None:
    return value if value and value in allowed else None  # type: ignore[operator]


def _back(page: Page, place: str = "") -> Response:
    """To the page that the form was on."""
    target = own_path(page.field("next", 500) or f"/conversations/{page.path['conversation']}")
    return page.redirect(target + (place if "#" not in target else ""))
