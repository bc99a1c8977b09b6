"""The chat's own tables: which turns were answered with what, and which buttons were offered.

Stands at step 1 of the message path, so that a message sent twice is answered once, also across
a restart. Rows live as long as a session can; what patients wrote is not kept here.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.database import BigId, UtcDateTime, insert_ignore, metadata, now, upsert

turns = sa.Table(
    "web_turns",
    metadata,
    sa.Column("seq", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("turn_id", sa.Text, nullable=False),  # the browser's id of the patient's message
    sa.Column("owner", sa.Text, nullable=False),  # the process that answers it
    sa.Column("claimed_at", UtcDateTime, nullable=False),
    sa.Column("answered_at", UtcDateTime),
    sa.Column("reply", sa.JSON),  # as sent to the browser
    sa.UniqueConstraint("conversation_id", "turn_id"),
    sa.Index("ix_web_turns_claimed_at", "claimed_at"),
)
buttons = sa.Table(
    "web_buttons",
    metadata,
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("payload", sa.Text, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_web_buttons_at", "at"),
)
ended = sa.Table(
    "web_ended",
    metadata,
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True)
class Claim:
    """Who answers a turn: it is answered (`reply`), we do (`ours`), or another process does."""

    reply: dict[str, Any] | None
    ours: bool


class WebStore:
    """Reads and writes the tables; `lease` is how long a turn may take at most."""

    def __init__(self, engine: Engine, lease: timedelta) -> None:
        self._engine = engine
        self._lease = lease
        self._host = socket.gethostname()
        self._owner = f"{self._host}/{os.getpid()}/{secrets.token_hex(4)}"

    def find(self, conversation: str, turn: str) -> dict[str, Any] | None:
        """The reply that a turn got, if it got one."""
        wanted = sa.select(turns.c.reply).where(_turn(conversation, turn))
        with self._engine.connect() as connection:
            return connection.execute(wanted).scalar()

    def claim(self, conversation: str, turn: str) -> Claim:
        """Take a turn for this process, unless it is answered or another live process has it."""
        with self._engine.begin() as connection:
            row: dict[str, Any] = {"conversation_id": conversation, "turn_id": turn}
            row |= {"owner": self._owner, "claimed_at": now()}
            if insert_ignore(connection, turns, [row]):
                return Claim(None, ours=True)
            found = connection.execute(sa.select(turns).where(_turn(conversation, turn))).first()
            if found is None:  # given back at this very moment
                return Claim(None, ours=False)
            if found.answered_at is not None:
                return Claim(found.reply, ours=False)
            if not self._abandoned(found.owner, found.claimed_at):
                return Claim(None, ours=False)
            taken_over = connection.execute(
                turns.update()
                .where(_turn(conversation, turn), turns.c.owner == found.owner)
                .where(turns.c.claimed_at == found.claimed_at)
                .values(owner=self._owner, claimed_at=now())
            )
            return Claim(None, ours=taken_over.rowcount == 1)

    def release(self, conversation: str, turn: str) -> None:
        """Give a claimed turn back, so that it can be sent again."""
        with self._engine.begin() as connection:
            connection.execute(
                turns.delete().where(_turn(conversation, turn), turns.c.answered_at.is_(None))
            )

    def finish(
        self, conversation: str, turn: str, reply: dict[str, Any], payloads: Iterable[str]
    ) -> None:
        """Keep the reply of a turn and the buttons that it offers."""
        moment = now()
        with self._engine.begin() as connection:
            row: dict[str, Any] = {"conversation_id": conversation, "turn_id": turn}
            row |= {"owner": self._owner}
            row |= {"claimed_at": moment, "answered_at": moment, "reply": reply}
            answered = {"answered_at": moment, "reply": reply}
            connection.execute(
                upsert(connection, turns)
                .values(**row)
                .on_conflict_do_update(index_elements=["conversation_id", "turn_id"], set_=answered)
            )
            offered = [
                {"conversation_id": conversation, "payload": payload, "at": moment}
                for payload in payloads
            ]
            insert_ignore(connection, buttons, offered)

    def since(self, conversation: str, turn: str | None) -> list[dict[str, Any]]:
        """Replies after the one to `turn`, oldest first; all of them where it is not known."""
        with self._engine.connect() as connection:
            start = _answered_at(connection, conversation, turn) if turn else None
            wanted = sa.select(turns.c.reply).where(
                turns.c.conversation_id == conversation, turns.c.answered_at.is_not(None)
            )
            if start is not None:
                wanted = wanted.where(turns.c.answered_at >= start, turns.c.turn_id != turn)
            rows = connection.execute(wanted.order_by(turns.c.answered_at, turns.c.seq))
            return [row.reply for row in rows]

    def was_offered(self, conversation: str, payload: str) -> bool:
        """Whether a reply of this conversation had a button with this payload."""
        wanted = sa.select(sa.literal(1)).where(
            buttons.c.conversation_id == conversation, buttons.c.payload == payload
        )
        with self._engine.connect() as connection:
            return connection.execute(wanted).first() is not None

    def is_ended(self, conversation: str) -> bool:
        """Whether the patient had this conversation erased."""
        wanted = sa.select(sa.literal(1)).where(ended.c.conversation_id == conversation)
        with self._engine.connect() as connection:
            return connection.execute(wanted).first() is not None

    def end(self, conversation: str) -> None:
        """Remove all of a conversation; its token opens nothing from now on."""
        with self._engine.begin() as connection:
            for table in (turns, buttons):
                connection.execute(table.delete().where(table.c.conversation_id == conversation))
            insert_ignore(connection, ended, [{"conversation_id": conversation, "at": now()}])

    def purge(self, older_than: timedelta) -> None:
        """Remove what no session can ask for any more."""
        limit = now() - older_than
        with self._engine.begin() as connection:
            connection.execute(turns.delete().where(turns.c.claimed_at < limit))
            connection.execute(buttons.delete().where(buttons.c.at < limit))
            connection.execute(ended.delete().where(ended.c.at < limit))

    def _abandoned(self, owner: str, claimed_at: datetime) -> bool:
        host, _, rest = owner.partition("/")
        number, _, _ = rest.partition("/")
        if now() - claimed_at > self._lease:
            return True
        # Our own number: a process before this one had it, or we gave the turn up half-way, as
        # the desk asks for a claim only where no task of this process is at it.
        return host == self._host and (int(number) == os.getpid() or not _alive(int(number)))


def _turn(conversation: str, turn: str) -> Any:
    return sa.and_(turns.c.conversation_id == conversation, turns.c.turn_id == turn)


def _answered_at(connection: Connection, conversation: str, turn: str) -> datetime | None:
    wanted = sa.select(turns.c.answered_at).where(_turn(conversation, turn))
    return connection.execute(wanted).scalar()


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
