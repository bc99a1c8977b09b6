"""The inbox's queries: pages of conversations, those that are urgent, counts.

Beside the message path, read by nurses with their morning coffee: each answers within 300 ms at
100,000 conversations (`python -m bot.console bench`).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.console.filters import Filters
from bot.transcript_tables import conversations

PAGE = 50
URGENT = 10  # shown above the rest

Row = dict[str, Any]


@dataclass(frozen=True)
class Listing:
    """One page of the inbox."""

    rows: list[Row]
    older: str  # cursor of the next page, empty at the end


def listing(engine: Engine, filters: Filters, after: str = "") -> Listing:
    """Conversations of the filters, newest first, from the cursor `after` on."""
    table = conversations.c
    query = sa.select(conversations).where(*filters.conditions(engine.dialect.name))
    place = _read_cursor(after)
    if place:
        moment, identity = place
        query = query.where(
            (table.last_at < moment) | ((table.last_at == moment) & (table.id < identity))
        )
        query = query.where(table.last_at <= moment)  # the index knows where to start
    query = query.order_by(table.last_at.desc(), table.id.desc()).limit(PAGE + 1)
    rows = _fetch(engine, query)
    older = _cursor(rows[PAGE - 1]) if len(rows) > PAGE else ""
    return Listing(rows[:PAGE], older)


def urgent(engine: Engine, filters: Filters) -> list[Row]:
    """Emergencies that nobody has acknowledged yet, newest first."""
    table = conversations.c
    query = (
        sa.select(conversations)
        .where(*_unacknowledged(), *filters.conditions(engine.dialect.name))
        .order_by(table.last_at.desc())
        .limit(URGENT)
    )
    return _fetch(engine, query)


def counts(engine: Engine, filters: Filters) -> dict[str, int]:
    """How many conversations the filters leave, and how many of them want looking at."""
    table = conversations.c

    def where(condition: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    query = sa.select(
        sa.func.count().label("all"),
        where(sa.and_(*_unacknowledged())).label("urgent"),
        where(table.review_state == "new").label("new"),
        where(table.fallbacks > 0).label("fallback"),
        where(table.thumbs_down > 0).label("thumbs_down"),
    ).where(*filters.conditions(engine.dialect.name))
    with engine.connect() as connection:
        row = connection.execute(query).mappings().one()
    return {name: int(value) for name, value in row.items()}


def neighbours(connection: Connection, row: Row, filters: Filters) -> tuple[str, str]:
    """Ids of the next newer and the next older conversation of the filters, or empty."""
    table = conversations.c
    found = []
    for newer in (True, False):
        beyond = table.last_at > row["last_at"] if newer else table.last_at < row["last_at"]
        beside = table.id > row["id"] if newer else table.id < row["id"]
        order = (table.last_at, table.id)
        query = (
            sa.select(table.id)
            .where(beyond | ((table.last_at == row["last_at"]) & beside))
            .where(*filters.conditions(connection.dialect.name))
            .order_by(*(column if newer else column.desc() for column in order))
            .limit(1)
        )
        found.append(connection.scalar(query) or "")
    return found[0], found[1]


def _unacknowledged() -> list[Any]:
    table = conversations.c
    return [table.emergency == sa.true(), table.acknowledged == sa.false()]


def _fetch(engine: Engine, query: Any) -> list[Row]:
    with engine.connect() as connection:
        return [_readable(row) for row in connection.execute(query).mappings()]


def _readable(row: Any) -> Row:
    """A row with its lists as lists."""
    lists = ("languages", "treatments", "topics", "intents", "kinds", "tags")
    return {**row, **{name: [part for part in row[name].split(",") if part] for name in lists}}


def _cursor(row: Row) -> str:
    micros = int(row["last_at"].timestamp() * 1_000_000 + 0.5)
    return base64.urlsafe_b64encode(f"{micros} {row['id']}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[datetime, str] | None:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        micros, identity = raw.split(" ", 1)
        whole, rest = divmod(int(micros), 1_000_000)
        moment = datetime.fromtimestamp(whole, timezone.utc).replace(microsecond=rest)
    except (ValueError, OverflowError, OSError, binascii.Error):
        return None
    return moment, identity.replace("\0", "")
