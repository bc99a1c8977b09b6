"""One conversation as the patient saw it, with what the bot understood beside each turn.

Beside the message path: read from the transcript's tables, with the staff's reviews and notes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.console.tables import candidates, notes, reviews
from bot.transcript_tables import conversations, feedback, messages

TURNS = 200  # shown at once; a person may write for months on WhatsApp

Row = dict[str, Any]


@dataclass
class Turn:
    """A patient's message and the replies to it."""

    id: str
    said: Row | None = None
    replies: list[Row] = field(default_factory=list)
    review: Row | None = None
    vote: Row | None = None
    candidate: str = ""  # its state
    pressed: str = ""  # title of the button, where the patient pressed one

    @property
    def alternatives(self) -> list[Row]:
        """What else the message may have meant, most likely first, the recognised one left out."""
        if not self.said:
            return []
        taken = {self.said["intent"], "nlu_fallback"}
        return [item for item in self.said["ranking"] or [] if item["name"] not in taken]


def conversation(connection: Connection, identity: str) -> Row | None:
    """The row of a conversation, its lists as lists."""
    query = sa.select(conversations).where(conversations.c.id == identity)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    lists = ("languages", "treatments", "topics", "intents", "kinds", "tags")
    return {**row, **{name: [part for part in row[name].split(",") if part] for name in lists}}


def turns(connection: Connection, identity: str, earlier_than: int = 0) -> tuple[list[Turn], int]:
    """The last turns before the message id `earlier_than` (0: the last of all), oldest first.

    The second value is the id to go on from to earlier ones, 0 at the start.
    """
    query = sa.select(messages).where(messages.c.conversation_id == identity)
    if earlier_than:
        query = query.where(messages.c.id < earlier_than)
    found = connection.execute(query.order_by(messages.c.id.desc()).limit(TURNS * 2 + 1))
    rows = [dict(row) for row in found.mappings()]
    more = len(rows) > TURNS * 2
    rows = rows[: TURNS * 2][::-1]
    by_id: dict[str, Turn] = {}
    for row in sorted(rows, key=lambda row: (row["at"], row["id"])):
        name = row["turn_id"].split("~")[0]
        turn = by_id.setdefault(name, Turn(name))
        if row["direction"] == "in":
            turn.said = row
        else:
            turn.replies.append(row)
    _add_judgements(connection, identity, by_id)
    shown = list(by_id.values())
    _name_buttons(shown)
    return shown, rows[0]["id"] if more else 0


def notes_of(connection: Connection, identity: str) -> list[Row]:
    """Staff's notes, oldest first."""
    query = sa.select(notes).where(notes.c.conversation_id == identity).order_by(notes.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def message(connection: Connection, identity: str, turn: str) -> Row | None:
    """What the patient wrote in one turn."""
    query = sa.select(messages).where(
        messages.c.conversation_id == identity,
        messages.c.turn_id == turn,
        messages.c.direction == "in",
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def _add_judgements(connection: Connection, identity: str, by_id: dict[str, Turn]) -> None:
    for table in (reviews, feedback, candidates):
        query = sa.select(table).where(table.c.conversation_id == identity)
        for row in connection.execute(query).mappings():
            turn = by_id.get(row["turn_id"])
            if turn is None:
                continue
            if table is reviews:
                turn.review = dict(row)
            elif table is feedback:
                turn.vote = dict(row)
            else:
                turn.candidate = row["state"]


def _name_buttons(shown: list[Turn]) -> None:
    """Show a button that was pressed by its title, which the reply before offered."""
    titles: dict[str, str] = {}
    for turn in shown:
        if turn.said and turn.said["payload"]:
            turn.pressed = titles.get(turn.said["text"], "")
        for reply in turn.replies:
            for button in (reply["record"] or {}).get("buttons") or []:
                if isinstance(button, dict) and button.get("title"):
                    titles[str(button.get("payload"))] = str(button["title"])
