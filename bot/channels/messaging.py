"""Puts inbox, worker, outbox and sender together, once per process, for WhatsApp and Twilio.

Around steps 1 to 9 of the message path: the channels hand deliveries in and start and stop it.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import sys
from datetime import timedelta
from functools import partial

from sanic import Sanic

from bot import secret
from bot.channels import inbox, messaging_metrics, notices
from bot.channels.answering import Answerer, Recover, Turn
from bot.channels.arrivals import Delivery
from bot.channels.countries import country_of
from bot.channels.doorway import Doorway
from bot.channels.inbox import Identify
from bot.channels.inbox_worker import InboxWorker
from bot.channels.message_text import MessageWords, parts
from bot.channels.messaging_lock import MessagingLock
from bot.channels.reply import Reply
from bot.channels.sender import Sender, Transport
from bot.channels.standing_replies import StandingReplies
from bot.channels.store import Store
from bot.channels.waiting import woken
from bot.settings import Settings
from knowledge.model import KnowledgeBase

logger = logging.getLogger(__name__)

LOCK_SECONDS = 1.0
SWITCH_SECONDS = 0.0005


class Messaging:
    """One per process, shared by the channels that are open."""

    def __init__(self, settings: Settings, kb: KnowledgeBase) -> None:
        self.settings = settings
        self.kb = kb
        self.doorway = Doorway()
        self.transports: dict[str, Transport] = {}
        self._limits: dict[str, int] = {}
        self._store = Store.open(settings)
        self._standing = StandingReplies(kb)
        self._key = secret.key(settings, "message id")
        self._worker: InboxWorker | None = None
        self._work: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    @classmethod
    def of(cls, app: Sanic, settings: Settings, kb: KnowledgeBase) -> Messaging:
        """The server's own; made by the channel that asks first."""
        found = getattr(app.ctx, "messaging", None)
        if found is None:
            found = app.ctx.messaging = cls(settings, kb)
        return found

    def open(self, channel: str, transport: Transport, text_limit: int) -> None:
        """Send and receive for a channel."""
        self.transports[channel] = transport
        self._limits[channel] = text_limit

    async def receive(self, channel: str, delivery: Delivery) -> None:
        """Write a delivery down; it may be acknowledged when this returns.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it is not written down; the platform must send it again.
        """
        await self._store.run_first(inbox.receive, channel, delivery, self.key)
        if self._worker:
            self._worker.wake()

    async def ignored(self, channel: str) -> None:
        """Count a delivery that cannot be read."""
        await self._store.run(notices.count, channel, "unreadable")

    async def metrics(self) -> str:
        """The figures in Prometheus' text format."""
        return messaging_metrics.exposition(await self._store.run(messaging_metrics.figures))

    def key(self, channel: str, message_id: str) -> str:
        """The keyed hash that stands for a platform's message id."""
        digest = hmac.new(self._key, f"{channel}:{message_id}".encode(), "sha256")
        return digest.hexdigest()[:32]

    def start(self, turn: Turn, recover: Recover) -> None:
        """Begin to work as soon as no other process does; a second call changes nothing."""
        if self._work is None:
            # While a turn keeps the interpreter busy, the database's thread gets hold of it only
            # once in this interval (5 ms by default), several times for each acknowledgement.
            sys.setswitchinterval(SWITCH_SECONDS)
            self._work = asyncio.ensure_future(self._run(turn, recover))

    async def stop(self) -> None:
        """Let what is under way come to its end; the rest waits in the database."""
        work, self._work = self._work, None
        if work is None:
            return
        # No cancelling: a turn or a letter under way is finished and noted.
        self._stopping.set()
        await asyncio.gather(work, return_exceptions=True)
        for transport in self.transports.values():
            await transport.close()
        self._store.close()

    async def _run(self, turn: Turn, recover: Recover) -> None:
        lock = MessagingLock(self._store.engine)
        while not self._stopping.is_set():
            try:
                if await self._store.aside(lock.acquire):
                    await self._work_while(lock, turn, recover)
            except Exception:
                logger.exception("Messaging: stopped by an error; starting again")
            finally:
                lock.release()
            await woken(self._stopping, LOCK_SECONDS)

    async def _work_while(self, lock: MessagingLock, turn: Turn, recover: Recover) -> None:
        """Work until the lock is lost, a loop fails or the server stops."""
        sender = Sender(self._store, self.transports, self.settings.whatsapp_confirm_seconds)
        answerer = Answerer(self._store, turn, recover, self._standing, self._parts)
        worker = self._worker = InboxWorker(
            self._store,
            Identify(partial(secret.pseudonym, self.settings), country_of, self.key),
            answerer,
            sender,
            self.doorway,
            stale=timedelta(minutes=self.settings.whatsapp_stale_minutes),
            people_kept=timedelta(days=self.settings.transcript_retention_days),
        )
        loops = [asyncio.ensure_future(loop.run()) for loop in (worker, sender)]
        while not any(loop.done() for loop in loops):
            if await woken(self._stopping, LOCK_SECONDS):
                break
            if not await self._store.aside(lock.held):
                logger.error("Messaging: the database let go of our lock; starting again")
                break
        # The worker first: what it still answers, the sender still sends.
        worker.stop()
        ended = [*await asyncio.gather(loops[0], return_exceptions=True)]
        sender.stop()
        ended += await asyncio.gather(loops[1], return_exceptions=True)
        for error in ended:
            if error is not None:
                raise error

    def _parts(self, channel: str, reply: Reply, language: str) -> tuple[Reply, ...]:
        return parts(reply, MessageWords.of(self.kb, language), self._limits[channel])
