"""The pages of knowledge gaps: groups of questions that the bot cannot answer.

Beside the message path: what the clinic may want to write next.
"""

from __future__ import annotations

from starlette.responses import Response

from bot.console import gaps, grouping
from bot.console.page import Page
from bot.redaction import redact

LONGEST_NOTE = 1000


def show(page: Page) -> Response:
    state = page.query.get("state", "open")
    state = state if state in gaps.STATES else "open"
    text = page.query.get("offset", "")
    offset = min(int(text), 1_000_000) if text.isascii() and text.isdigit() else 0
    with page.engine.connect() as connection:
        found = gaps.listing(connection, state, offset)
        counts = gaps.counts(connection)
    more = offset + gaps.PAGE if len(found) > gaps.PAGE else 0
    return page.render(
        "gaps.html",
        groups=found[: gaps.PAGE],
        state=state,
        states=gaps.STATES,
        counts=counts,
        more=more,
    )


def one(page: Page) -> Response:
    gap = page.path["gap"]
    with page.engine.connect() as connection:
        found = gaps.questions(connection, gap)
        row = gaps.group_row(connection, gap)
    if row is None:
        return page.refuse(404, "refused.unknown")
    return page.render("gap.html", group=row, questions=found, states=gaps.STATES)


def change(page: Page) -> Response:
    gap, state = page.path["gap"], page.field("state")
    if state not in gaps.STATES:
        return page.refuse(400, "refused.form")
    note = redact(page.field("note", LONGEST_NOTE))
    with page.engine.begin() as connection:
        if not gaps.change(connection, gap, state, note):
            return page.refuse(404, "refused.unknown")
        page.console.audit.write(
            page.user.name, "change gap", str(gap), {"state": state}, connection
        )
    return page.redirect(f"/gaps/{gap}", "gaps.saved")


def refresh(page: Page) -> Response:
    """Group the questions of the last hours now."""
    count = grouping.group(page.engine)
    page.note("group questions", "", questions=count)
    return page.redirect("/gaps")
