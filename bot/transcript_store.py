"""Stores entries of the transcript: messages, the conversation's summary, search, daily counts.

Stands at the end of step 10 of the message path. An entry that is stored already is left alone,
so that a journal can be replayed.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import search_text, transcript_summary
from bot.database import upsert
from bot.transcript_tables import (
    conversation_search,
    conversations,
    daily_counts,
    feedback,
    messages,
)

_FIELDS = tuple({column.name for column in messages.columns} - {"id", "at", "direction"})


class UnknownMessage(LookupError):
    """A verdict on a message that the transcript does not hold."""


def store(connection: Connection, entry: dict[str, Any]) -> None:
    """Store one entry within the caller's transaction.

    Raises:
        UnknownMessage: feedback on a turn that is not there.
    """
    entry = _without_nul(entry)
    at = datetime.fromtimestamp(entry["at"], timezone.utc)
    if entry["type"] == "feedback":
        _store_feedback(connection, entry, at)
    else:
        _store_message(connection, entry, at)


def _store_message(connection: Connection, entry: dict[str, Any], at: datetime) -> None:
    key = conversations.c.id == entry["conversation_id"]
    values = {"id": entry["conversation_id"], "channel": entry["channel"]}
    insert = upsert(connection, conversations).values(**values, started_at=at, last_at=at)
    started = connection.execute(insert.on_conflict_do_nothing()).rowcount == 1
    fields = {name: entry.get(name) for name in _FIELDS}
    fields["payload"] = bool(fields["payload"])
    added = connection.execute(
        upsert(connection, messages)
        .values(**fields, at=at, direction=entry["type"])
        .on_conflict_do_nothing()
    )
    if added.rowcount != 1:
        return
    row = connection.execute(sa.select(conversations).where(key).with_for_update()).mappings().one()
    changes = transcript_summary.summary(dict(row), entry, at)
    connection.execute(conversations.update().where(key).values(**changes))
    if entry["type"] == "in" and not entry["payload"]:
        _add_to_search(connection, entry)
    language = changes.get("language") or row["language"] or ""
    where = {"day": at.astimezone().date(), "channel": entry["channel"], "language": language}
    counts = [("conversations", "")] if started else []
    _count(connection, where, counts + transcript_summary.dimensions(entry))


def _count(
    connection: Connection, where: dict[str, Any], counts: list[tuple[str, str]], by: int = 1
) -> None:
    # In one order everywhere, so that two processes never wait for each other.
    for dimension, value in sorted(counts):
        row = {**where, "dimension": dimension, "value": value, "count": by}
        statement = upsert(connection, daily_counts).values(**row)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(daily_counts.primary_key.columns),
                set_={"count": daily_counts.c.count + by},
            )
        )


def _add_to_search(connection: Connection, entry: dict[str, Any]) -> None:
    key = conversation_search.c.conversation_id == entry["conversation_id"]
    stored = connection.execute(sa.select(conversation_search.c.tokens).where(key)).scalar()
    merged = search_text.merge(stored or "", [entry["text"]])
    if stored is None:
        connection.execute(
            conversation_search.insert().values(
                conversation_id=entry["conversation_id"], tokens=merged
            )
        )
    elif merged != stored:
        connection.execute(conversation_search.update().where(key).values(tokens=merged))


def _store_feedback(connection: Connection, entry: dict[str, Any], at: datetime) -> None:
    conversation, turn = entry["conversation_id"], entry["turn_id"]
    known = connection.execute(
        sa.select(conversations.c.channel, conversations.c.language)
        .join(messages, messages.c.conversation_id == conversations.c.id)
        .where(conversations.c.id == conversation, messages.c.turn_id == turn)
    ).first()
    if known is None:
        raise UnknownMessage(f"turn {turn} of conversation {conversation}")
    key = (feedback.c.conversation_id == conversation) & (feedback.c.turn_id == turn)
    earlier = connection.execute(sa.select(feedback.c.value, feedback.c.at).where(key)).first()
    values = {"value": entry["value"], "reason": entry.get("reason")}
    where = {"channel": known.channel, "language": known.language or ""}
    if earlier is None:
        row = {"conversation_id": conversation, "turn_id": turn, "at": at, **values}
        connection.execute(feedback.insert().values(**row))
        _count(connection, {**where, "day": at.astimezone().date()}, [("feedback", entry["value"])])
    else:
        connection.execute(feedback.update().where(key).values(**values))
        where["day"] = earlier.at.astimezone().date()
        _count(connection, where, [("feedback", earlier.value)], by=-1)
        _count(connection, where, [("feedback", entry["value"])])
    counted = sa.select(sa.func.count()).where(feedback.c.conversation_id == conversation)
    ups = counted.where(feedback.c.value == "up").scalar_subquery()
    downs = counted.where(feedback.c.value == "down").scalar_subquery()
    connection.execute(
        conversations.update()
        .where(conversations.c.id == conversation)
        .values(thumbs_up=ups, thumbs_down=downs)
    )


def _without_nul(value: Any) -> Any:
    # PostgreSQL cannot store the character 0 in a text.
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {name: _without_nul(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value
