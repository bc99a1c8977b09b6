"""Sends what waits in the outbox, one letter at a time to each person.

Step 9 of the message path, between the outbox and the platform's API. A letter is marked before
the platform is called; if we are cut off in between, its status says whether it went out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from bot.channels import outbox, outbox_results
from bot.channels.outbox import Letter
from bot.channels.outcomes import Outcome, Verdict
from bot.channels.pacing import Pacer
from bot.channels.people import Person
from bot.channels.store import Store
from bot.channels.waiting import woken
from bot.database import now

logger = logging.getLogger(__name__)

AT_ONCE = 16
LOOK_SECONDS = 0.5
RECEIPT_SECONDS = 2.0
SHUTDOWN_SECONDS = 20.0  # longer than a request may take


class Transport(Protocol):
    """A platform's API."""

    async def send(self, letter: Letter) -> Outcome:
        """Send one letter; never raises for what the platform or the network does."""

    async def show_reading(self, message_id: str) -> None:
        """Show the person that their message was read and is being answered, if possible."""

    async def close(self) -> None:
        """Let go of connections."""


class Sender:
    """The one sender of the process that holds the messaging lock."""

    def __init__(
        self, store: Store, transports: Mapping[str, Transport], confirm_seconds: float
    ) -> None:
        self._store = store
        self._transports = transports
        self._confirm = timedelta(seconds=confirm_seconds)
        self._pacers = {channel: Pacer() for channel in transports}
        self._wake = asyncio.Event()
        self._stopping = False
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._receipts: dict[int, asyncio.Task[None]] = {}
        self._started = now()

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def show_reading(self, person: Person, message_id: str) -> None:
        """Start to show the person that the answer is coming; a failure costs nothing."""
        if person.opted_out or person.channel not in self._transports:
            return
        if len(self._receipts) >= AT_ONCE:
            return  # under a flood, answers matter more
        task = asyncio.ensure_future(self._transports[person.channel].show_reading(message_id))
        self._receipts[person.id] = task
        task.add_done_callback(partial(self._forget_receipt, person.id))

    async def run(self) -> None:
        """Send until `stop`; then let what is being sent come to its end."""
        self._started = now()
        while not self._stopping:
            await self._round()
        if self._sending:
            await asyncio.wait(list(self._sending.values()), timeout=SHUTDOWN_SECONDS)

    def stop(self) -> None:
        """Claim nothing more; `run` returns soon."""
        self._stopping = True
        self._wake.set()

    async def _round(self) -> None:
        self._wake.clear()
        try:
            since = self._give_up_before()
            if since:
                await self._store.run(outbox.give_up_waiting, since, set(self._sending))
            letters = await self._store.run(
                outbox.claim, list(self._pacers), self._may_send, AT_ONCE - len(self._sending)
            )
        except Exception:
            logger.exception("Outbox: the database failed; trying again")
            await asyncio.sleep(1)
            return
        for letter in letters:
            task = asyncio.ensure_future(self._send(letter))
            self._sending[letter.id] = task
            task.add_done_callback(partial(self._sent, letter.id))
        if not letters or len(self._sending) >= AT_ONCE:
            await woken(self._wake, LOOK_SECONDS)

    def _give_up_before(self) -> datetime | None:
        """Letters being sent since before this are given up; None before statuses had a chance."""
        # A status that came while we were down is repeated after we are back, not before.
        moment = now() - self._confirm
        return moment if moment >= self._started else None

    def _may_send(self, channel: str, person_id: int) -> bool:
        return self._pacers[channel].may_send(person_id)

    async def _send(self, letter: Letter) -> None:
        receipt = self._receipts.get(letter.person_id)
        if receipt:
            # A typing indicator that arrives after the answer would stay for 25 seconds.
            await asyncio.wait({receipt}, timeout=RECEIPT_SECONDS)
        try:
            outcome = await self._transports[letter.channel].send(letter)
        except Exception:
            logger.exception("Outbox: letter %s could not be sent", letter.uid)
            outcome = Outcome(Verdict.UNDELIVERABLE)
        if outcome.verdict is not Verdict.SENT:
            logger.warning(
                "Outbox: letter %s: %s (code %s)", letter.uid, outcome.verdict.name, outcome.code
            )
        for pause in (1, 5, 0):
            try:
                await self._store.run(outbox_results.record, letter.id, outcome)
                return
            except Exception:
                # Unrecorded it counts as cut off: its status will say that it was sent.
                logger.exception("Outbox: what became of letter %s is not noted", letter.uid)
                await asyncio.sleep(pause)

    def _sent(self, letter_id: int, _task: asyncio.Task[None]) -> None:
        del self._sending[letter_id]
        self._wake.set()

    def _forget_receipt(self, person_id: int, done: asyncio.Task[None]) -> None:
        if self._receipts.get(person_id) is done:
            del self._receipts[person_id]
        if not done.cancelled() and done.exception():
            logger.info("Read receipt not shown: %s", done.exception())
