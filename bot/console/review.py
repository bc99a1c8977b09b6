"""Staff's verdicts: right or wrong, what it should have been, notes, tags, who looks after it.

Beside the message path. A confirmed or corrected message becomes a candidate for training.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.console import transcript
from bot.console.corpus import essence_of
from bot.console.tables import TAGGED, candidates, notes, reviews
from bot.database import now, upsert
from bot.redaction import redact
from bot.transcript_tables import conversations

LONGEST_NOTE = 4000
LONGEST_TAG = 40
MOST_TAGS = 20
# Redaction's placeholders, which no patient types.
_PLACEHOLDER = re.compile(r"\[(?:email|phone|card|id)\]")


@dataclass(frozen=True)
class Verdict:
    """What a reviewer says of one message."""

    right: bool
    intent: str | None = None
    treatment: str | None = None
    topic: str | None = None
    language: str | None = None


def judge(connection: Connection, identity: str, turn: str, verdict: Verdict, who: str) -> bool:
    """Keep a verdict on a message; False if there is no such message.

    The last verdict counts. With an intent, the message becomes a candidate for training.
    """
    said = transcript.message(connection, identity, turn)
    if said is None:
        return False
    values = {
        "verdict": "right" if verdict.right else "wrong",
        "intent": verdict.intent,
        "treatment": verdict.treatment,
        "topic": verdict.topic,
        "language": verdict.language,
        "reviewer": who,
        "at": now(),
    }
    insert = upsert(connection, reviews).values(conversation_id=identity, turn_id=turn, **values)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["conversation_id", "turn_id"], set_=values)
    )
    intent = said["intent"] if verdict.right and not verdict.intent else verdict.intent
    propose(connection, said, intent, verdict.language or said["language"])
    return True


def propose(
    connection: Connection, said: dict[str, Any], intent: str | None, language: str | None
) -> None:
    """Make a message a candidate, or take it back while nobody has decided on it."""
    text = _PLACEHOLDER.sub(" ", said["text"])
    text = " ".join(text.split())
    pending = (
        candidates.c.conversation_id == said["conversation_id"],
        candidates.c.turn_id == said["turn_id"],
    )
    usable = not said["payload"] and any(char.isalnum() for char in text)
    if not usable or not intent or not language or intent == "nlu_fallback":
        connection.execute(candidates.delete().where(*pending, candidates.c.state == "pending"))
        return
    values = {
        "text": text,
        "essence": essence_of(text),
        "language": language,
        "intent": intent,
        "state": "pending",
        "at": now(),
        "decided_by": None,
        "exported_at": None,
    }
    insert = upsert(connection, candidates).values(
        conversation_id=said["conversation_id"], turn_id=said["turn_id"], **values
    )
    connection.execute(
        insert.on_conflict_do_update(index_elements=["conversation_id", "turn_id"], set_=values)
    )


def withdraw(connection: Connection, identity: str, turn: str) -> None:
    """Take a verdict back, and the candidate that nobody has decided on."""
    for table in (reviews, candidates):
        chosen = [table.c.conversation_id == identity, table.c.turn_id == turn]
        if table is candidates:
            chosen.append(candidates.c.state == "pending")
        connection.execute(table.delete().where(*chosen))


def add_note(connection: Connection, identity: str, text: str, who: str) -> None:
    """Add a note, redacted like a patient's message."""
    connection.execute(
        notes.insert().values(
            conversation_id=identity, text=redact(text)[:LONGEST_NOTE], author=who, at=now()
        )
    )


def set_tags(connection: Connection, identity: str, text: str) -> list[str]:
    """Replace the tags by those of a text, parted by commas; returns them."""
    tags = list(dict.fromkeys(filter(None, (clean_tag(part) for part in text.split(",")))))
    tags = tags[:MOST_TAGS]
    _change(connection, identity, tags="".join(f",{tag}" for tag in tags) + ",")
    return tags


def clean_tag(text: str) -> str:
    """A tag in the form in which it is stored."""
    text = unicodedata.normalize("NFC", " ".join(text.split())).casefold()
    return "".join(char for char in text if char.isprintable() and char != ",")[:LONGEST_TAG]


def assign(connection: Connection, identity: str, who: str) -> None:
    """Give a conversation to a member of staff; an empty name gives it to nobody."""
    _change(connection, identity, assigned_to=who or None)


def mark(connection: Connection, identity: str, *, reviewed: bool) -> None:
    _change(connection, identity, review_state="reviewed" if reviewed else "new")


def acknowledge(connection: Connection, identity: str) -> None:
    """Somebody has seen to the emergency."""
    _change(connection, identity, acknowledged=True)


def known_tags(connection: Connection, most: int = 200) -> list[str]:
    """Tags in use, for suggestions."""
    used = sa.select(conversations.c.tags).where(TAGGED).distinct().limit(2000)
    found = {tag for row in connection.scalars(used) for tag in row.split(",") if tag}
    return sorted(found)[:most]


def _change(connection: Connection, identity: str, **values: Any) -> None:
    connection.execute(
        conversations.update().where(conversations.c.id == identity).values(**values)
    )
