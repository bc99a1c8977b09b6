"""What a person at the clinic has to see to: calls back, failures, what could not be answered.

Stands beside the message path; read by `python -m bot whatsapp notices` and the console.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.messaging_tables import counts, notices
from bot.database import now, upsert

CALL_BACK = "call_back"  # the 24 hours are over: only a call or a template reaches the person
LATE = "late"  # questions that an outage kept from us; the person got an apology
NOT_ANSWERED = "not_answered"  # a message that failed again and again was set aside
NOT_SENT = "not_sent"  # a reply that the platform does not deliver
ACCOUNT = "account"  # nothing is sent until the clinic's account or settings are put right

_COUNT = (
    sa.update(counts)
    .where(counts.c.channel == sa.bindparam("of_channel"), counts.c.name == sa.bindparam("of_name"))
    .values(value=counts.c.value + sa.bindparam("times"))
)


def add(
    connection: Connection,
    kind: str,
    channel: str,
    detail: str,
    conversation_id: str | None = None,
    code: int | None = None,
) -> None:
    """Add a notice; an open one of the same kind about the same matter is counted up instead."""
    same = sa.and_(
        notices.c.kind == kind,
        notices.c.channel == channel,
        notices.c.code.is_(None) if code is None else notices.c.code == code,
        notices.c.conversation_id.is_(None)
        if conversation_id is None
        else notices.c.conversation_id == conversation_id,
        notices.c.detail == detail,
        notices.c.resolved_at.is_(None),
    )
    counted = connection.execute(
        sa.update(notices).where(same).values(times=notices.c.times + 1, at=now())
    )
    if counted.rowcount == 0:
        connection.execute(
            sa.insert(notices).values(
                kind=kind,
                channel=channel,
                detail=detail,
                conversation_id=conversation_id,
                code=code,
                at=now(),
            )
        )


def open_notices(connection: Connection) -> list[dict[str, Any]]:
    """Notices that nobody has resolved, oldest first."""
    query = sa.select(notices).where(notices.c.resolved_at.is_(None)).order_by(notices.c.id)
    return [dict(row._mapping) for row in connection.execute(query)]


def resolve(connection: Connection, notice_id: int) -> bool:
    """Mark a notice as seen to; False where there is no such open notice."""
    still_open = sa.and_(notices.c.id == notice_id, notices.c.resolved_at.is_(None))
    done = connection.execute(sa.update(notices).where(still_open).values(resolved_at=now()))
    return bool(done.rowcount)


def count(connection: Connection, channel: str, name: str, times: int = 1) -> None:
    """Count up a figure of `python -m bot whatsapp status`."""
    if not times:
        return
    found = {"of_channel": channel, "of_name": name, "times": times}
    # The upsert is for the first time alone: SQLAlchemy compiles it anew at each call.
    if not connection.execute(_COUNT, found).rowcount:
        connection.execute(
            upsert(connection, counts)
            .values(channel=channel, name=name, value=times)
            .on_conflict_do_update(
                index_elements=["channel", "name"], set_={"value": counts.c.value + times}
            )
        )
