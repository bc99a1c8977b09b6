"""The inbox's pages: conversations by filters, live counts, saved views.

Beside the message path: the first page of a reviewer's day.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from starlette.responses import JSONResponse, Response

from bot.console import inbox as queries
from bot.console import review
from bot.console.filters import BANDS, FLAGS, STATES, Filters
from bot.console.page import Page
from bot.console.tables import saved_views, users
from bot.console.wording import knowledge_base
from bot.database import upsert

KINDS = (
    *("answer", "not_stated", "ask_treatment", "suitability", "comparison", "list", "emergency"),
    *("medical_advice", "handoff", "contact", "smalltalk", "language", "fallback"),
    "unsupported_language",
)
CHANNELS = ("web", "whatsapp", "twilio")
MOST_VIEWS = 30


def inbox(page: Page) -> Response:
    filters = Filters.parse(page.query)
    after = page.query.get("after", "")
    found = queries.listing(page.engine, filters, after)
    urgent = [] if after else queries.urgent(page.engine, filters)
    with page.engine.connect() as connection:
        mine = sa.select(saved_views).where(saved_views.c.user_id == page.user.id)
        views = connection.execute(mine.order_by(saved_views.c.name)).all()
    return page.render(
        "inbox.html",
        filters=filters,
        found=found,
        urgent=urgent,
        after=after,
        counts=queries.counts(page.engine, filters),
        views=views,
        choices=choices(page),
    )


def live_counts(page: Page) -> Response:
    """The inbox's counts, which its script asks for now and then."""
    found = queries.counts(page.engine, Filters.parse(page.query))
    return JSONResponse({name: page.words.number(value) for name, value in found.items()})


def save_view(page: Page) -> Response:
    filters = Filters.parse(dict(_pairs(page)))
    name = page.field("name", 60)
    if name and filters.any:
        with page.engine.begin() as connection:
            mine = saved_views.c.user_id == page.user.id
            count = sa.select(sa.func.count()).select_from(saved_views).where(mine)
            if (connection.scalar(count) or 0) < MOST_VIEWS:
                values = {"user_id": page.user.id, "name": name, "query": filters.query()}
                insert = upsert(connection, saved_views).values(**values)
                connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["user_id", "name"], set_={"query": values["query"]}
                    )
                )
    return page.redirect(f"/?{filters.query()}", "inbox.view_saved")


def delete_view(page: Page) -> Response:
    with page.engine.begin() as connection:
        connection.execute(
            saved_views.delete().where(
                saved_views.c.id == page.path["view"], saved_views.c.user_id == page.user.id
            )
        )
    return page.redirect("/")


def choices(page: Page) -> dict[str, list[tuple[str, str]]]:
    """What each filter can be set to: (value, name in the user's language)."""
    kb, words = knowledge_base(), page.words
    with page.engine.connect() as connection:
        tags = review.known_tags(connection)
        staff = connection.scalars(sa.select(users.c.name).order_by(users.c.name)).all()

    def named(group: str, values: Any) -> list[tuple[str, str]]:
        return [(value, words.label(group, value)) for value in values]

    return {
        "channel": named("channel", CHANNELS),
        "language": [(code, variety.name) for code, variety in kb.languages.items()],
        "treatment": named("treatment", kb.treatments),
        "topic": sorted(named("topic", kb.topics), key=lambda pair: pair[1]),
        "intent": sorted(named("intent", intents()), key=lambda pair: pair[1]),
        "kind": named("kind", KINDS),
        "confidence": named("band", BANDS),
        "flag": named("flag", FLAGS),
        "review": named("state", STATES),
        "assigned": [(name, name) for name in staff],
        "tag": [(tag, tag) for tag in tags],
    }


@lru_cache(maxsize=1)
def intents() -> tuple[str, ...]:
    """The intents that a message can be corrected to, from domain.yml."""
    import yaml

    from bot.settings import ROOT

    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    names = [name if isinstance(name, str) else next(iter(name)) for name in domain["intents"]]
    return tuple(name for name in names if name != "nlu_fallback")


def _pairs(page: Page) -> list[tuple[str, str]]:
    return [(name, value) for name, value in page.form.items() if isinstance(value, str)]
