"""Figures of messaging: what came, what was answered, what waits and since when.

Beside the message path, for `python -m bot whatsapp status` and `/webhooks/whatsapp/metrics`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.messaging_tables import counts, inbox, notices, outbox
from bot.database import now

# In this order, 0 where nothing was counted yet.
COUNTED = (
    "received",
    "duplicates",
    "processed",
    "silent",
    "folded",
    "failed",
    "ignored",
    "unreadable",
    "sent",
    "sent_again",
    "not_sent",
)


def figures(connection: Connection) -> dict[str, Any]:
    """Counts by channel since the beginning, and what waits now; ages in seconds."""
    by_channel: dict[str, dict[str, int]] = {}
    for row in connection.execute(sa.select(counts)):
        by_channel.setdefault(row.channel, dict.fromkeys(COUNTED, 0))[row.name] = row.value
    still_open = sa.select(sa.func.count()).where(notices.c.resolved_at.is_(None))
    return {
        "channels": by_channel,
        "inbox": _waiting(connection, inbox, ("received", "taken"), inbox.c.received_at),
        "outbox": _waiting(connection, outbox, ("waiting", "sending"), outbox.c.created_at),
        "notices": connection.execute(still_open).scalar_one(),
    }


def exposition(found: dict[str, Any]) -> str:
    """The figures in Prometheus' text format."""
    lines = ["# TYPE polyclinic_messages_total counter"]
    for channel, values in found["channels"].items():
        for name, value in values.items():
            labels = f'{{channel="{channel}",event="{name}"}}'
            lines.append(f"polyclinic_messages_total{labels} {value}")
    lines.append("# TYPE polyclinic_queue_messages gauge")
    lines += [f'polyclinic_queue_messages{{queue="{q}"}} {found[q]["waiting"]}' for q in _QUEUES]
    lines.append("# TYPE polyclinic_queue_age_seconds gauge")
    lines += [f'polyclinic_queue_age_seconds{{queue="{q}"}} {found[q]["age"]}' for q in _QUEUES]
    lines += ["# TYPE polyclinic_open_notices gauge", f"polyclinic_open_notices {found['notices']}"]
    return "\n".join(lines) + "\n"


_QUEUES = ("inbox", "outbox")


def _waiting(
    connection: Connection, table: sa.Table, states: tuple[str, ...], since: sa.Column
) -> dict[str, float]:
    query = sa.select(sa.func.count(), sa.func.min(since)).where(table.c.state.in_(states))
    number, oldest = connection.execute(query).one()
    age = (now() - oldest).total_seconds() if oldest else 0.0
    return {"waiting": number, "age": round(age, 1)}
