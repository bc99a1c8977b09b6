"""Forgets what messaging no longer needs, and everything about one person when staff ask for it.

Beside the message path: run hourly by the inbox worker, and by the privacy commands.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.inbox import ACCEPTED
from bot.channels.messaging_tables import inbox, notices, outbox, people
from bot.database import now

# Longer than any message is accepted: a repeated webhook always meets its key.
KEPT = ACCEPTED + timedelta(days=1)


def purge(connection: Connection, people_kept: timedelta) -> None:
    """Forget keys and replies that no repeated webhook can meet, and people long gone."""
    moment = now()
    connection.execute(
        sa.delete(inbox).where(
            inbox.c.received_at < moment - KEPT, inbox.c.state.notin_(("received", "taken"))
        )
    )
    connection.execute(
        sa.delete(outbox).where(
            outbox.c.created_at < moment - KEPT, outbox.c.state.notin_(("waiting", "sending"))
        )
    )
    last = sa.func.coalesce(people.c.last_received_at, people.c.created_at)
    connection.execute(
        sa.delete(people).where(
            last < moment - max(people_kept, KEPT),
            people.c.opted_out.is_(sa.false()),  # who asked us to stop is remembered
        )
    )
    connection.execute(sa.delete(notices).where(notices.c.at < moment - max(people_kept, KEPT)))


def erase(connection: Connection, conversation_id: str) -> int:
    """Erase a person: identifiers, inbox, outbox, notices. Returns the rows erased.

    A message that arrives again within 8 days counts as new; the platform repeats only what was
    never acknowledged.
    """
    of_person = sa.select(people.c.id).where(people.c.conversation_id == conversation_id)
    erased = 0
    for table in (inbox, outbox):
        erased += connection.execute(
            sa.delete(table).where(table.c.person_id.in_(of_person))
        ).rowcount
    for table in (notices, people):
        erased += connection.execute(
            sa.delete(table).where(table.c.conversation_id == conversation_id)
        ).rowcount
    return erased


def export(connection: Connection, conversation_id: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that messaging holds about a person, by table."""
    person = sa.select(people).where(people.c.conversation_id == conversation_id)
    found = {"messaging_people": [dict(row._mapping) for row in connection.execute(person)]}
    ids = [row["id"] for row in found["messaging_people"]]
    for table in (inbox, outbox):
        query = sa.select(table).where(table.c.person_id.in_(ids)).order_by(table.c.id)
        found[table.name] = [dict(row._mapping) for row in connection.execute(query)]
    query = sa.select(notices).where(notices.c.conversation_id == conversation_id)
    found["messaging_notices"] = [dict(row._mapping) for row in connection.execute(query)]
    return found
