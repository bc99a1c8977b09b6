"""The inbox: every message is written down before it is acknowledged, and dealt with once.

Step 1 of the message path, between a channel's webhook and the inbox worker. The functions run in
the store's thread, one transaction each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels import arrivals, notices, outbox, outbox_results, people
from bot.channels.answer import Answer
from bot.channels.arrivals import Arrival, Delivery, StatusUpdate
from bot.channels.messaging_tables import inbox, insert_ignoring
from bot.channels.messaging_tables import people as people_table
from bot.channels.people import Country, Person, Pseudonym
from bot.database import now

# Meta repeats a webhook for up to 7 days; messaging_purge.py keeps the keys for longer than this.
ACCEPTED = timedelta(days=8)
BATCH = 200

_OPEN = sa.or_(inbox.c.state == "received", inbox.c.state == "taken")
# Made once: building a statement takes longer than running it.
_NEW = sa.select(inbox).where(inbox.c.state == "received").order_by(inbox.c.id).limit(BATCH)
_TAKE = (
    sa.update(inbox)
    .where(inbox.c.id == sa.bindparam("task"))
    .values(state="taken", person_id=sa.bindparam("person"))
)
_ATTEMPT = (
    sa.update(inbox)
    .where(inbox.c.id == sa.bindparam("task"), inbox.c.state == "taken")
    .values(attempts=inbox.c.attempts + 1)
)
_ATTEMPTED = sa.select(inbox.c.attempts, people_table).where(
    inbox.c.id == sa.bindparam("task"), people_table.c.id == inbox.c.person_id
)
_CLOSE = (
    sa.update(inbox)
    .where(inbox.c.id == sa.bindparam("task"), _OPEN)
    .values(state=sa.bindparam("end"), content=sa.null())
)
_KNOWN = sa.select(inbox.c.key).where(inbox.c.key.in_(sa.bindparam("keys", expanding=True)))

Key = Callable[[str, str], str]  # (channel, platform's message id) -> keyed hash


@dataclass(frozen=True)
class Task:
    """A message that waits for its answer."""

    id: int
    key: str
    person_id: int
    arrival: Arrival
    received_at: datetime


@dataclass(frozen=True)
class Identify:
    """How people are told apart; the same for the whole process."""

    pseudonym: Pseudonym
    country: Country
    key: Key


def receive(connection: Connection, channel: str, delivery: Delivery, key: Key) -> int:
    """Write a delivery down; what is known already is left out. Returns how many are new."""
    moment = now()
    rows: list[dict[str, Any]] = [
        {
            "key": key(channel, item.message_id),
            "kind": "message",
            "content": item.to_json(),
            "sent_at": min(item.sent_at, moment),
        }
        for item in delivery.arrivals
    ]
    rows += [
        {
            "key": key(channel, f"{item.status} {item.uid} {item.message_id}"),
            "kind": "status",
            "content": item.to_json(),
            "sent_at": moment,
        }
        for item in delivery.statuses
    ]
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row["key"], row)
    known = _known(connection, list(first))
    fresh = [
        {**row, "channel": channel, "received_at": moment, "state": "received"}
        for row in first.values()
        if row["key"] not in known
    ]
    if fresh:
        connection.execute(insert_ignoring(connection, inbox), fresh)
    new = sum(row["kind"] == "message" for row in fresh)
    notices.count(connection, channel, "received", len(delivery.arrivals))
    notices.count(connection, channel, "duplicates", len(delivery.arrivals) - new)
    notices.count(connection, channel, "ignored", delivery.ignored)
    return len(fresh)


def _known(connection: Connection, keys: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        rows = connection.execute(_KNOWN, {"keys": keys[start : start + 500]})
        found.update(row.key for row in rows)
    return found


def take(connection: Connection, identify: Identify) -> list[Task]:
    """The oldest messages that nobody has taken yet, each with its person; statuses are applied."""
    tasks = []
    done: list[int] = []
    for row in connection.execute(_NEW).all():
        if row.kind == "status":
            outbox_results.apply_status(
                connection, row.channel, StatusUpdate.from_json(row.content)
            )
            done.append(row.id)
            continue
        task = _task(connection, row, identify)
        if task is not None:
            tasks.append(task)
    if done:
        connection.execute(sa.delete(inbox).where(inbox.c.id.in_(done)))
    return tasks


def _task(connection: Connection, row: Any, identify: Identify) -> Task | None:
    arrival = Arrival.from_json(row.content)
    if row.sent_at < now() - ACCEPTED:
        # So old that its key may be gone: it may have been answered, so it is not answered again.
        close(connection, row.id, "ignored")
        notices.count(connection, row.channel, "ignored")
        return None
    if arrival.kind == arrivals.NUMBER_CHANGED and arrival.new_address:
        people.move(connection, row.channel, arrival.address, arrival.new_address)
        close(connection, row.id, "done")
        return None
    if arrival.kind in (arrivals.EDITED, arrivals.DELETED):
        _withdraw(connection, identify.key(row.channel, arrival.about))
    person = people.find_or_add(
        connection, row.channel, arrival.address, identify.pseudonym, identify.country
    )
    people.heard_from(connection, person.id, row.sent_at)
    connection.execute(_TAKE, {"task": row.id, "person": person.id})
    return Task(row.id, row.key, person.id, arrival, row.received_at)


def _withdraw(connection: Connection, key: str) -> None:
    """The person edited or deleted a message that is not answered yet: it gets no answer."""
    waiting = sa.and_(inbox.c.key == key, _OPEN, inbox.c.attempts == 0)
    connection.execute(sa.update(inbox).where(waiting).values(state="ignored", content=None))


def put_back(connection: Connection) -> int:
    """At start: what the last process had taken and not finished is taken again."""
    unfinished = sa.update(inbox).where(inbox.c.state == "taken").values(state="received")
    return int(connection.execute(unfinished).rowcount)


def start(connection: Connection, task: Task) -> tuple[int, Person] | None:
    """Count an attempt before it is made, so that one which kills the process counts too.

    Returns the attempt's number and the person as they are now; None if the message is withdrawn.
    """
    if connection.execute(_ATTEMPT, {"task": task.id}).rowcount == 0:
        return None
    row = connection.execute(_ATTEMPTED, {"task": task.id}).one()
    return row.attempts, people.of_row(row._mapping)


def close(connection: Connection, inbox_id: int, state: str) -> bool:
    """Deal with a message for good and forget its content; False where it was closed already."""
    return bool(connection.execute(_CLOSE, {"task": inbox_id, "end": state}).rowcount)


def finish(connection: Connection, tasks: list[Task], person: Person, answer: Answer) -> None:
    """The end of one message, or of several that share a reply, and what answers them."""
    closed = [task for task in tasks if close(connection, task.id, answer.state)]
    if not closed:
        return
    notices.count(connection, person.channel, answer.counted, len(closed))
    outbox.add(
        connection,
        channel=person.channel,
        person_id=person.id,
        address=closed[-1].arrival.address,
        key=closed[0].key,
        replies=answer.replies,
        language=answer.language,
    )
    if answer.person:
        people.change(connection, person.id, **answer.person)
    if answer.notice:
        kind, detail = answer.notice
        notices.add(connection, kind, person.channel, detail, person.conversation_id)
