"""The page of candidates for training, and their export.

Beside the message path, between the reviews and the next training.
"""

from __future__ import annotations

from starlette.responses import Response

from bot.console import candidates, nlu_files
from bot.console.candidates import DECISIONS, Refused
from bot.console.corpus import corpus
from bot.console.page import Page, own_path
from bot.console.pages_inbox import intents
from bot.console.wording import knowledge_base
from bot.database import now


def show(page: Page) -> Response:
    state = page.query.get("state", "pending")
    state = state if state in DECISIONS else "pending"
    kb = knowledge_base()
    language = page.query.get("language", "")
    language = language if language in kb.languages else ""
    before = page.query.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() else 0
    with page.engine.connect() as connection:
        shown, older = candidates.listing(connection, corpus(), state, language, min(start, 2**62))
        counts = candidates.counts(connection)
    return page.render(
        "candidates.html",
        shown=shown,
        older=older,
        state=state,
        language=language,
        counts=counts,
        states=DECISIONS,
        varieties=kb.languages,
        intents=sorted(intents(), key=lambda name: page.words.label("intent", name)),
    )


def decide(page: Page) -> Response:
    identity, state = page.path["candidate"], page.field("state")
    intent = page.field("intent")
    target = own_path(page.field("next", 500) or "/candidates")
    with page.engine.begin() as connection:
        try:
            done = candidates.decide(
                connection,
                corpus(),
                identity,
                state,
                intent if intent in intents() else "",
                page.user.name,
            )
        except Refused as error:
            return page.redirect(target, error.args[0])
        if done is None:
            return page.refuse(404, "refused.unknown")
        detail = {"candidate": identity, "state": state, "intent": done["intent"]}
        page.console.audit.write(
            page.user.name, "decide candidate", done["conversation_id"], detail, connection
        )
    return page.redirect(target)


def export(page: Page) -> Response:
    again = page.field("again") == "yes"
    with page.engine.begin() as connection:
        found = candidates.export(connection, corpus(), again=again)
        page.console.audit.write(
            page.user.name, "export candidates", "", {"sentences": found.sentences}, connection
        )
    name = f"candidates-{now():%Y%m%d-%H%M}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(nlu_files.archive(found), media_type="application/zip", headers=headers)
