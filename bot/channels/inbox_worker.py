"""Works through the inbox: in order for each person, in parallel across people.

Between steps 1 and 2 of the message path, in the background; the sender takes over at step 9.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from datetime import timedelta

from bot.channels import arrivals, inbox, messaging_purge
from bot.channels.answering import Answerer
from bot.channels.doorway import Doorway
from bot.channels.inbox import Identify, Task
from bot.channels.sender import Sender
from bot.channels.store import Store
from bot.channels.waiting import woken
from bot.database import now

logger = logging.getLogger(__name__)

TURNS_AT_ONCE = 2  # with three an acknowledgement waits for one turn more
ATTEMPTS = 5
RETRY_SECONDS = 1.0  # doubled each time
LOOK_SECONDS = 1.0
QUEUED = 1000  # messages in memory; the rest waits in the database
PURGE_SECONDS = 3600.0
SHUTDOWN_SECONDS = 10.0
# Nothing that could be shown as read.
_UNREAD = (arrivals.REACTION, arrivals.SILENT, arrivals.DELETED, arrivals.WELCOME)


class InboxWorker:
    """The one worker of the process that holds the messaging lock."""

    def __init__(
        self,
        store: Store,
        identify: Identify,
        answerer: Answerer,
        sender: Sender,
        doorway: Doorway,
        stale: timedelta,
        people_kept: timedelta,
    ) -> None:
        self._store = store
        self._identify = identify
        self._answerer = answerer
        self._sender = sender
        self._doorway = doorway
        self._stale = stale
        self._people_kept = people_kept
        self._wake = asyncio.Event()
        self._stopping = False
        self._queues: dict[int, deque[Task]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(TURNS_AT_ONCE)
        self._purged = 0.0

    def wake(self) -> None:
        """Something has arrived."""
        self._wake.set()

    async def run(self) -> None:
        """Work until `stop`; then let the turns under way come to their end."""
        back = await self._store.run(inbox.put_back)
        if back:
            logger.info("Inbox: %d messages from before the start are taken up again", back)
        while not self._stopping:
            await self._round()
        if self._workers:
            await asyncio.wait(list(self._workers.values()), timeout=SHUTDOWN_SECONDS)

    def stop(self) -> None:
        """Begin nothing more; what waits is taken up again by the next start."""
        self._stopping = True
        for queue in self._queues.values():
            queue.clear()
        self._wake.set()

    async def _round(self) -> None:
        self._wake.clear()
        tasks: list[Task] = []
        try:
            await self._purge()
            if sum(len(queue) for queue in self._queues.values()) < QUEUED:
                tasks = await self._store.run(inbox.take, self._identify)
        except Exception:
            logger.exception("Inbox: the database failed; trying again")
            await asyncio.sleep(LOOK_SECONDS)
            return
        if self._stopping:
            return
        for task in tasks:
            self._queues.setdefault(task.person_id, deque()).append(task)
        for person_id in {task.person_id for task in tasks}:
            if person_id not in self._workers:
                self._workers[person_id] = asyncio.ensure_future(self._serve(person_id))
        if len(tasks) < inbox.BATCH:
            await woken(self._wake, LOOK_SECONDS)
        # Under a flood of small requests one look a moment later finds many messages at once.
        await asyncio.sleep(0.005)

    async def _serve(self, person_id: int) -> None:
        """All that waits of one person, one after the other."""
        queue = self._queues[person_id]
        try:
            while queue:
                task = queue.popleft()
                async with self._slots:
                    await self._doorway.clear()
                    retry = await self._attempt(task, queue)
                if retry and not self._stopping:
                    queue.appendleft(task)
                    await asyncio.sleep(retry)
        finally:
            del self._queues[person_id]
            del self._workers[person_id]

    async def _attempt(self, task: Task, queue: deque[Task]) -> float:
        """Deal with one message; returns 0, or the seconds after which to try again."""
        attempt = 0
        together = [task]
        try:
            started = await self._store.run(inbox.start, task)
            if started is None:
                return 0
            attempt, person = started
            if self._is_late(task):
                while queue and self._is_late(queue[0]):
                    together.append(queue.popleft())
                answer = self._answerer.late(together, person)
            elif attempt > ATTEMPTS:
                answer = self._answerer.failed(task, person)
            else:
                if task.arrival.kind not in _UNREAD:
                    self._sender.show_reading(person, task.arrival.message_id)
                answer = await self._answerer.answer(task, person, attempt)
            await self._store.run(inbox.finish, together, person, answer)
        except Exception:
            logger.exception("Inbox: message %s failed (attempt %d)", task.key, attempt)
            queue.extendleft(reversed(together[1:]))
            return float(RETRY_SECONDS * 2 ** min(attempt, ATTEMPTS))
        self._sender.wake()
        return 0

    def _is_late(self, task: Task) -> bool:
        """Whether an outage kept the message from us for so long that an answer comes too late."""
        return task.arrival.sent_at < now() - self._stale

    async def _purge(self) -> None:
        moment = asyncio.get_running_loop().time()
        if moment - self._purged > PURGE_SECONDS or not self._purged:
            await self._store.run(messaging_purge.purge, self._people_kept)
            self._purged = moment
