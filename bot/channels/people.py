"""Who writes: one row a person, found by business-scoped user id or by phone number.

Step 1 of the message path. The conversation id is a keyed hash made from the identifier that was
seen first; it stays when the person's number changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.arrivals import Address
from bot.channels.messaging_tables import outbox, people
from bot.database import UtcDateTime, now

# (channel, identifier) -> conversation id
Pseudonym = Callable[[str, str], str]
# address -> ISO 3166 code or None
Country = Callable[[Address], "str | None"]


@dataclass(frozen=True)
class Person:
    """A row of `messaging_people`, without the identifiers."""

    id: int
    channel: str
    conversation_id: str
    country: str | None
    language: str | None
    welcomed: bool
    opted_out: bool
    apologised_at: datetime | None


# Made once: building a statement takes longer than running it.
_OF_CHANNEL = sa.select(people).where(people.c.channel == sa.bindparam("of_channel"))
_FIND = {
    name: _OF_CHANNEL.where(people.c[name] == sa.bindparam("value"))
    for name in ("user_id", "wa_id")
}
_HEARD = (
    sa.update(people)
    .where(
        people.c.id == sa.bindparam("person"),
        sa.or_(
            people.c.last_received_at.is_(None),
            people.c.last_received_at < sa.bindparam("at", type_=UtcDateTime),
        ),
    )
    .values(last_received_at=sa.bindparam("at", type_=UtcDateTime))
)


def load(connection: Connection, person_id: int) -> Person:
    row = connection.execute(sa.select(people).where(people.c.id == person_id)).one()
    return of_row(row._mapping)


def change(connection: Connection, person_id: int, **values: Any) -> None:
    connection.execute(sa.update(people).where(people.c.id == person_id).values(**values))


def heard_from(connection: Connection, person_id: int, sent_at: datetime) -> None:
    """Note when the person last wrote: it opens the 24 hours in which a reply is allowed."""
    connection.execute(_HEARD, {"person": person_id, "at": min(sent_at, now())})


def find_or_add(
    connection: Connection, channel: str, address: Address, pseudonym: Pseudonym, country: Country
) -> Person:
    """The person of an address; a new row for one not seen before.

    A number whose owner is known by another user id has passed to somebody else: the old owner
    loses it, and the new one does not get the old one's conversation.
    """
    by_user = _find(connection, channel, "user_id", address.user_id)
    by_number = _find(connection, channel, "wa_id", address.wa_id)
    found = by_user
    if found is None and by_number is not None and not (by_number.user_id and address.user_id):
        found = by_number
    if by_number is not None and (found is None or by_number.id != found.id):
        change(connection, by_number.id, wa_id=None)
    if found is None:
        return _add(connection, channel, address, pseudonym, country)
    learnt = {
        name: value
        for name in ("user_id", "wa_id", "parent_user_id")
        if (value := getattr(address, name)) and value != getattr(found, name)
    }
    if learnt:
        change(connection, found.id, **learnt)
    return of_row(found._mapping)


def move(connection: Connection, channel: str, old: Address, new: Address) -> int | None:
    """The person has another number or user id: the conversation goes on under it.

    What waits to be sent goes to the new address. Returns the person's id; None if unknown.
    """
    found = None
    for name in ("user_id", "wa_id"):
        found = found or _find(connection, channel, name, getattr(old, name))
    if found is None:
        return None
    values = {
        name: value
        for name in ("user_id", "wa_id", "parent_user_id")
        if (value := getattr(new, name))
    }
    for name in ("user_id", "wa_id"):
        other = _find(connection, channel, name, values.get(name))
        if other is not None and other.id != found.id:
            change(connection, other.id, **{name: None})
    if values:
        change(connection, found.id, **values)
        address = Address(values.get("user_id"), values.get("wa_id"))
        connection.execute(
            sa.update(outbox)
            .where(outbox.c.person_id == found.id, outbox.c.state == "waiting")
            .values(recipient=address.recipient)
        )
    return int(found.id)


def _find(
    connection: Connection, channel: str, name: str, value: str | None
) -> sa.engine.Row | None:
    if not value:
        return None
    return connection.execute(_FIND[name], {"of_channel": channel, "value": value}).first()


def _add(
    connection: Connection, channel: str, address: Address, pseudonym: Pseudonym, country: Country
) -> Person:
    conversation_id = pseudonym(channel, address.identifier)
    taken = sa.select(people.c.id).where(people.c.conversation_id == conversation_id)
    if connection.execute(taken).first():
        # The identifier belonged to somebody who has moved on; their conversation stays theirs.
        conversation_id = pseudonym(channel, f"{address.identifier} {now().isoformat()}")
    values = {
        "channel": channel,
        "conversation_id": conversation_id,
        "user_id": address.user_id,
        "parent_user_id": address.parent_user_id,
        "wa_id": address.wa_id,
        "country": country(address),
        "created_at": now(),
    }
    made = connection.execute(sa.insert(people).values(**values))
    return load(connection, made.inserted_primary_key[0])


def of_row(row: Any) -> Person:
    """The person of a row of the table, or of one that holds its columns among others."""
    return Person(**{name: row[name] for name in Person.__dataclass_fields__})
