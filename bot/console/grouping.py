"""Puts questions that the bot could not answer into groups, by meaning across languages.

Beside the message path. Sentence embeddings put a Bengali and a French question about the same
thing into one group; a group keeps its state while questions join it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.console.meaning import default_meaning
from bot.console.tables import gap_questions, gaps
from bot.transcript_tables import messages

UNANSWERED = ("fallback", "not_stated")
UNSURE = 0.5  # below this confidence an answer may be about something else
# Cosine from which a question joins a group. Of 1,000 training questions of 35 intents in five
# varieties, half then stand in groups, three quarters of these with questions of one intent.
TOGETHER = 0.4
BATCH = 200

Row = dict[str, Any]


class Comparing(Protocol):
    """Turns questions into unit vectors; see `bot.console.meaning`."""

    def vectors(self, texts: Sequence[str], languages: Sequence[str | None]) -> np.ndarray: ...


def group(engine: Engine, meaning: Callable[[], Comparing] = default_meaning) -> int:
    """Add the questions since the last time to their groups; returns how many.

    What the documents do not state is grouped by treatment and topic, everything else by meaning.
    `meaning` is asked for only where there is something to compare.
    """
    count, compare = 0, None
    while rows := _new_questions(engine):
        vague = [row for row in rows if not _is_stated(row)]
        vectors: Iterator[np.ndarray] = iter(())
        if vague:
            compare = compare or meaning()
            texts = [row["text"] for row in vague]
            vectors = iter(compare.vectors(texts, [row["language"] for row in vague]))
        with engine.begin() as connection:
            groups = _Groups(connection)
            for row in rows:
                groups.add(row, None if _is_stated(row) else next(vectors))
        count += len(rows)
    return count


def _is_stated(row: Row) -> bool:
    """Whether we know what the question is about: the documents are silent on this topic."""
    return row["kind"] == "not_stated" and bool(row["treatment"]) and bool(row["topic"])


def _new_questions(engine: Engine) -> list[Row]:
    said, reply = messages.alias("said"), messages.alias("reply")
    last = sa.select(sa.func.coalesce(sa.func.max(gap_questions.c.message_id), 0))
    columns = (said.c.conversation_id, said.c.turn_id, said.c.text, said.c.language, said.c.at)
    beside = (
        (said.c.conversation_id == reply.c.conversation_id)
        & (said.c.turn_id == reply.c.turn_id)
        & (said.c.direction == "in")
    )
    with engine.connect() as connection:
        query = (
            sa.select(
                *columns,
                *(reply.c.kind, reply.c.treatment, reply.c.topic),
                reply.c.id.label("message_id"),
            )
            .join(said, beside)
            .where(
                reply.c.id > connection.scalar(last),
                reply.c.direction == "out",
                said.c.payload == sa.false(),
                reply.c.kind.in_(UNANSWERED)
                | ((reply.c.kind == "answer") & (said.c.confidence < UNSURE)),
            )
            .order_by(reply.c.id)
            .limit(BATCH)
        )
        return [dict(row) for row in connection.execute(query).mappings()]


class _Groups:
    """The groups as they are now, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stated: dict[tuple[str, str], int] = {}
        self._centres: dict[int, np.ndarray] = {}
        columns = (gaps.c.id, gaps.c.treatment, gaps.c.topic, gaps.c.centre)
        for row in connection.execute(sa.select(*columns)):
            if row.topic:
                self._stated[row.treatment, row.topic] = row.id
            else:
                self._centres[row.id] = np.frombuffer(row.centre, dtype=np.float32)

    def add(self, row: Row, vector: np.ndarray | None) -> None:
        """Put a question into the group it belongs to, or into a new one."""
        about = (row.pop("treatment"), row.pop("topic"))
        gap = self._by_topic(row, about) if vector is None else self._by_meaning(row, vector)
        self._connection.execute(gap_questions.insert().values(gap_id=gap, **row))

    def _by_topic(self, row: Row, about: tuple[str, str]) -> int:
        if about not in self._stated:
            self._stated[about] = self._new(row, treatment=about[0], topic=about[1], centre=b"")
        return self._stated[about]

    def _by_meaning(self, row: Row, vector: np.ndarray) -> int:
        if self._centres:
            ids = list(self._centres)
            sums = np.stack([self._centres[gap] for gap in ids])
            cosines = sums @ vector / np.maximum(np.linalg.norm(sums, axis=1), 1e-9)
            best = int(np.argmax(cosines))
            if cosines[best] >= TOGETHER:
                centre = self._centres[ids[best]] + vector
                self._centres[ids[best]] = centre
                chosen = gaps.update().where(gaps.c.id == ids[best])
                self._connection.execute(chosen.values(centre=centre.tobytes(), last_at=row["at"]))
                return ids[best]
        gap = self._new(row, centre=vector.tobytes())
        self._centres[gap] = vector
        return gap

    def _new(self, row: Row, **values: Any) -> int:
        insert = gaps.insert().values(created_at=row["at"], last_at=row["at"], **values)
        return int(self._connection.execute(insert).inserted_primary_key[0])
