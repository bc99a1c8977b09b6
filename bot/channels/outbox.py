"""The outbox: every reply is written down with its question's end, and sent once.

Step 9 of the message path, between the inbox worker and the sender. The functions run in the
store's thread, one transaction each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels import notices, outbox_results
from bot.channels.arrivals import Address
from bot.channels.messaging_tables import inbox, insert_ignoring, outbox, people
from bot.channels.outcomes import Outcome, Verdict
from bot.channels.reply import Button, Reply
from bot.database import UtcDateTime, now

WINDOW = timedelta(hours=24)  # free-form replies, from the person's last message
CANDIDATES = 256
# Made once: building a statement takes longer than running it.
_earlier = outbox.alias()
_DUE = (
    outbox_results.letters()
    .where(
        outbox.c.state == "waiting",
        outbox.c.next_at <= sa.bindparam("now", type_=UtcDateTime),
        outbox.c.channel.in_(sa.bindparam("channels", expanding=True)),
        ~sa.exists().where(
            _earlier.c.person_id == outbox.c.person_id,
            _earlier.c.id < outbox.c.id,
            sa.or_(_earlier.c.state == "waiting", _earlier.c.state == "sending"),
        ),
    )
    .order_by(outbox.c.id)
    .limit(CANDIDATES)
)
_MARK = (
    sa.update(outbox)
    .where(outbox.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(
        state="sending",
        sending_since=sa.bindparam("since", type_=UtcDateTime),
        attempts=outbox.c.attempts + 1,
    )
)

MaySend = Callable[[str, int], bool]  # (channel, person id); counts the letter
_UNDECIDED = ("waiting", "sending")


@dataclass(frozen=True)
class Letter:
    """A reply on its way to one person."""

    id: int
    uid: str
    channel: str
    person_id: int
    conversation_id: str
    recipient: dict[str, str]
    reply: Reply
    language: str
    numbered: bool  # choices as numbers in the text, because the platform refused buttons
    attempts: int


def add(
    connection: Connection,
    *,
    channel: str,
    person_id: int,
    address: Address,
    key: str,
    replies: tuple[Reply, ...],
    language: str,
) -> None:
    """Write down what answers the message `key`; a second time changes nothing."""
    for part, reply in enumerate(replies):
        row = {
            "uid": f"{key}-{part}",
            "channel": channel,
            "person_id": person_id,
            "recipient": address.recipient,
            "turn_id": key,
            "text": reply.text,
            "buttons": [[button.title, button.payload] for button in reply.buttons],
            "language": language,
            "state": "waiting",
            "next_at": now(),
            "created_at": now(),
        }
        connection.execute(insert_ignoring(connection, outbox), row)


def claim(
    connection: Connection, channels: Collection[str], may_send: MaySend, limit: int
) -> list[Letter]:
    """Letters whose turn it is, marked as being sent before the platform is called.

    A person's letters go out one after the other; `may_send` paces them.
    """
    moment = now()
    claimed: list[Letter] = []
    for row in connection.execute(_DUE, {"channels": list(channels), "now": moment}).all():
        if len(claimed) == limit:
            break
        if row.last_received_at and row.last_received_at < moment - WINDOW:
            outbox_results.judge(connection, row, Outcome(Verdict.WINDOW))
            continue
        if may_send(row.channel, row.person_id):
            claimed.append(_letter(row))
    if claimed:
        connection.execute(_MARK, {"ids": [letter.id for letter in claimed], "since": moment})
    return claimed


def give_up_waiting(connection: Connection, since: datetime, busy: set[int]) -> int:
    """Letters whose sending was cut off, and of which no status came since: sent again.

    `busy` are the letters that this process is sending right now. While statuses wait in the
    inbox nothing is given up: theirs may be among them.
    """
    unread = sa.select(inbox.c.id).where(inbox.c.kind == "status", inbox.c.state == "received")
    if connection.execute(unread.limit(1)).first():
        return 0
    cut_off = sa.and_(
        outbox.c.state == "sending", outbox.c.sending_since < since, outbox.c.id.notin_(busy)
    )
    channels = connection.execute(sa.select(outbox.c.channel).where(cut_off)).all()
    if channels:
        values = {"state": "waiting", "next_at": now()}
        connection.execute(sa.update(outbox).where(cut_off).values(**values))
    for row in channels:
        notices.count(connection, row.channel, "sent_again")
    return len(channels)


def retry_failed(connection: Connection) -> int:
    """For staff who put the account right: failed letters wait again while the window is open."""
    open_window = sa.select(people.c.id).where(people.c.last_received_at > now() - WINDOW)
    again = (
        sa.update(outbox)
        .where(outbox.c.state == "failed", outbox.c.person_id.in_(open_window))
        .values(state="waiting", next_at=now(), attempts=0, message_id=None, status=None)
    )
    return int(connection.execute(again).rowcount)


def purge(connection: Connection, before: datetime) -> None:
    settled = outbox.c.state.notin_(_UNDECIDED)
    connection.execute(sa.delete(outbox).where(outbox.c.created_at < before, settled))


def _letter(row: Any) -> Letter:
    buttons = tuple(Button(title, payload) for title, payload in row.buttons)
    return Letter(
        id=row.id,
        uid=row.uid,
        channel=row.channel,
        person_id=row.person_id,
        conversation_id=row.conversation_id,
        recipient=row.recipient,
        reply=Reply(row.text, buttons),
        language=row.language,
        numbered=row.numbered,
        attempts=row.attempts + 1,
    )
