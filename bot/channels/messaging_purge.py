"""Forgets what messaging no longer needs; what staff erase of one person, bot/privacy.py erases.

Beside the message path: run hourly by the inbox worker.
"""

from __future__ import annotations

from datetime import timedelta

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
