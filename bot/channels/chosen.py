"""Finds what a person refers to: a button that we offered, a number in a list, a message of ours.

Step 1 of the message path, asked by answering.py; reads the outbox.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.messaging_tables import outbox

LOOK_BACK = 50  # messages of ours in which a button may still be pressed


def was_offered(connection: Connection, person_id: int, payload: str) -> bool:
    """Whether we offered this person a button with this payload lately."""
    query = (
        sa.select(outbox.c.buttons)
        .where(outbox.c.person_id == person_id)
        .order_by(outbox.c.id.desc())
        .limit(LOOK_BACK)
    )
    rows = connection.execute(query)
    return any(payload == offered for row in rows for _, offered in row.buttons)


def by_number(connection: Connection, person_id: int, number: int) -> str | None:
    """The payload of a choice by its place, from 1, in our last message to this person."""
    query = (
        sa.select(outbox.c.buttons)
        .where(outbox.c.person_id == person_id)
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
    buttons = connection.execute(query).scalar() or []
    return str(buttons[number - 1][1]) if 1 <= number <= len(buttons) else None


def turn_of_message(connection: Connection, person_id: int, message_id: str) -> str | None:
    """The transcript's turn in which we sent this person the message with the platform's id."""
    query = sa.select(outbox.c.turn_id).where(
        outbox.c.person_id == person_id, outbox.c.message_id == message_id
    )
    return connection.execute(query).scalar()
