"""Groups of questions that the bot cannot answer, as the pages of knowledge gaps show them.

Beside the message path: read from what `bot.console.grouping` wrote.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.console.tables import gap_questions, gaps
from bot.database import now

STATES = ("open", "answered", "not_for_us")
PAGE = 40
EXAMPLES = 4
NEWEST = 40  # questions of a group that its examples are chosen from

Row = dict[str, Any]


def listing(connection: Connection, state: str, offset: int = 0) -> list[Row]:
    """Groups of a state, those with most questions first, with counts, trend and examples."""
    week, moment = timedelta(days=7), now()
    asked = gap_questions.c
    recent = sa.case((asked.at > moment - week, 1), else_=0)
    before = sa.case(((asked.at > moment - 2 * week) & (asked.at <= moment - week), 1), else_=0)
    counted = (
        sa.select(
            asked.gap_id,
            sa.func.count().label("questions"),
            sa.func.max(asked.at).label("last_at"),
            sa.func.sum(recent).label("this_week"),
            sa.func.sum(before).label("week_before"),
        )
        .group_by(asked.gap_id)
        .subquery()
    )
    columns = (gaps.c.id, gaps.c.state, gaps.c.note, gaps.c.treatment, gaps.c.topic)
    numbers = [column for column in counted.c if column.name != "gap_id"]
    query = (
        sa.select(*columns, *numbers)
        .join(counted, counted.c.gap_id == gaps.c.id)
        .where(gaps.c.state == state)
        .order_by(counted.c.questions.desc(), gaps.c.id.desc())
        .offset(offset)
        .limit(PAGE + 1)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return [{**row, **_examples(connection, row["id"])} for row in rows]


def questions(connection: Connection, gap: int) -> list[Row]:
    """Questions of a group, newest first."""
    query = (
        sa.select(gap_questions)
        .where(gap_questions.c.gap_id == gap)
        .order_by(gap_questions.c.at.desc())
        .limit(200)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def group_row(connection: Connection, gap: int) -> Row | None:
    """A group's state and note."""
    columns = (gaps.c.id, gaps.c.state, gaps.c.note, gaps.c.treatment, gaps.c.topic)
    query = sa.select(*columns).where(gaps.c.id == gap)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def counts(connection: Connection) -> dict[str, int]:
    """How many groups each state has."""
    filled = sa.select(gap_questions.c.gap_id).distinct()
    query = (
        sa.select(gaps.c.state, sa.func.count()).where(gaps.c.id.in_(filled)).group_by(gaps.c.state)
    )
    return {**dict.fromkeys(STATES, 0), **dict(connection.execute(query).all())}


def change(connection: Connection, gap: int, state: str, note: str) -> bool:
    """Set a group's state and note; False if there is no such group."""
    changed = connection.execute(
        gaps.update().where(gaps.c.id == gap).values(state=state, note=note)
    )
    return bool(changed.rowcount)


def _examples(connection: Connection, gap: int) -> Row:
    """Some of the newest questions of a group, of every language among them, and the languages."""
    query = (
        sa.select(gap_questions)
        .where(gap_questions.c.gap_id == gap)
        .order_by(gap_questions.c.at.desc())
        .limit(NEWEST)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    different = list({row["text"]: row for row in reversed(rows)}.values())[::-1]
    first = list({row["language"]: row for row in reversed(different)}.values())[::-1]
    others = [row for row in different if row not in first]
    languages = dict.fromkeys(row["language"] for row in rows if row["language"])
    return {"examples": (first + others)[:EXAMPLES], "languages": list(languages)}
