"""Notes what became of each letter: the platform's answer, its later statuses, notices to staff.

Step 9 of the message path, after the sender. The functions run in the store's thread.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from bot.channels import notices
from bot.channels.arrivals import StatusUpdate
from bot.channels.messaging_tables import outbox, people
from bot.channels.outcomes import Outcome, Verdict, judge_status
from bot.database import UtcDateTime, now

ATTEMPTS = 40  # about eight hours, with the longest waits of outcomes.py
_RANK = {"sent": 1, "delivered": 2, "read": 3}


def letters() -> Select:
    """Rows of the outbox, each with what is known of its person."""
    return sa.select(outbox, people.c.conversation_id, people.c.last_received_at).join(people)


# Made once: building a statement takes longer than running it.
_BY_ID = letters().where(outbox.c.id == sa.bindparam("letter"))
_BY_MESSAGE = letters().where(
    outbox.c.channel == sa.bindparam("of_channel"),
    outbox.c.message_id == sa.bindparam("message"),
)
_BY_UID = letters().where(outbox.c.uid == sa.bindparam("uid"))
_SENT = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("letter"))
    .values(
        state="sent",
        message_id=sa.bindparam("message"),
        sent_at=sa.bindparam("at", type_=UtcDateTime),
    )
)


def record(connection: Connection, letter_id: int, outcome: Outcome) -> None:
    """Note what the platform said to a letter that was claimed."""
    row = connection.execute(_BY_ID, {"letter": letter_id}).first()
    if row is None or row.state != "sending":
        return  # erased meanwhile, or its status was quicker than its own answer
    judge(connection, row, outcome)


def apply_status(connection: Connection, channel: str, update: StatusUpdate) -> None:
    """Note what became of a letter; statuses come in any order and more than once."""
    known = {"of_channel": channel, "message": update.message_id}
    row = connection.execute(_BY_MESSAGE, known).first()
    if row is None and update.uid:
        row = connection.execute(_BY_UID, {"uid": update.uid}).first()
    if row is None:
        return
    if update.status == "failed":
        # A failure of an earlier attempt says nothing about the present one.
        current = row.message_id in (None, update.message_id) and row.state in ("sending", "sent")
        if current and row.status not in ("delivered", "read"):
            failed = {"message_id": update.message_id, "status": "failed"}
            connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(**failed))
            judge(connection, row, judge_status(channel, update.error_code))
        return
    values: dict[str, Any] = {}
    if row.state in ("waiting", "sending") or row.message_id is None:
        values = {"state": "sent", "message_id": update.message_id, "sent_at": update.at}
        notices.count(connection, row.channel, "sent")
    if _RANK[update.status] > _RANK.get(row.status, 0):
        values["status"] = update.status
    if values:
        connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(**values))


def judge(connection: Connection, row: Any, outcome: Outcome) -> None:
    """Apply a verdict to a row of the outbox that has its person's columns beside it."""
    verdict = outcome.verdict
    if verdict is Verdict.SENT:
        sent = {"letter": row.id, "message": outcome.message_id, "at": now()}
        connection.execute(_SENT, sent)
        notices.count(connection, row.channel, "sent")
    elif verdict is Verdict.UNKNOWN:
        return  # stays "sending": a status will tell, or give_up_waiting
    elif verdict is Verdict.NUMBERED and not row.numbered:
        _settle(connection, row.id, "waiting", numbered=True, next_at=now(), message_id=None)
    elif verdict is Verdict.RETRY and row.attempts < ATTEMPTS:
        wait = timedelta(seconds=outcome.wait(row.attempts))
        _settle(connection, row.id, "waiting", next_at=now() + wait, message_id=None)
    else:
        state = "call_back" if verdict is Verdict.WINDOW else "failed"
        _settle(connection, row.id, state, error_code=outcome.code)
        if verdict is Verdict.OPTED_OUT:
            person = people.c.id == row.person_id
            connection.execute(sa.update(people).where(person).values(opted_out=True))
        _notify(connection, row, verdict, outcome.code)


def _notify(connection: Connection, row: Any, verdict: Verdict, code: int | None) -> None:
    notices.count(connection, row.channel, "not_sent")
    kind = {Verdict.WINDOW: notices.CALL_BACK, Verdict.ACCOUNT: notices.ACCOUNT}.get(
        verdict, notices.NOT_SENT
    )
    who = None if kind == notices.ACCOUNT else row.conversation_id
    notices.add(connection, kind, row.channel, verdict.value, who, code)


def _settle(connection: Connection, outbox_id: int, state: str, **values: Any) -> None:
    connection.execute(
        sa.update(outbox).where(outbox.c.id == outbox_id).values(state=state, **values)
    )
