"""Runs messaging's database work in one thread, so that the event loop never waits for a disk.

Stands under steps 1 and 9 of the message path. One writer at a time spares SQLite's lock, and what
is asked for at the same moment is committed together: waiting for the disk once serves all.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.database import connect, upgrade
from bot.settings import Settings

T = TypeVar("T")
GROUP = 32  # jobs of one commit
_FIRST, _USUAL, _LAST = range(3)


@dataclass(order=True)
class _Job:
    rank: int
    number: int
    name: str = field(compare=False)
    call: Callable[[Connection], Any] = field(compare=False)
    future: Future[Any] = field(default_factory=Future, compare=False)
    result: Any = field(default=None, compare=False)
    error: Exception | None = field(default=None, compare=False)


class Store:
    """`await store.run(function, ...)` runs `function(connection, ...)` in a transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._work, name="messaging", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, settings: Settings) -> Store:
        """The settings' database, moved forward, with commits that survive a power cut."""
        engine = connect(settings)
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _commit_to_disk)
        upgrade(engine)
        return cls(engine)

    async def run(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        """Run and commit; on an exception nothing is kept and it is raised here."""
        return await self._ask(_USUAL, function, args, options)

    async def run_first(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        """`run`, before all that waits: somebody outside waits for the commit."""
        return await self._ask(_FIRST, function, args, options)

    async def _ask(
        self, rank: int, function: Callable[..., T], args: tuple[Any, ...], options: dict[str, Any]
    ) -> T:
        job = _Job(
            rank,
            next(self._numbers),
            function.__name__,
            lambda connection: function(connection, *args, **options),
        )
        self._jobs.put(job)
        result: T = await asyncio.wrap_future(job.future)
        return result

    async def aside(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        """Run something that blocks and needs no connection."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, lambda: function(*args, **options))

    def now(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        """`run` in the calling thread, for commands."""
        connection: Connection
        with self.engine.begin() as connection:
            return function(connection, *args, **options)

    def close(self) -> None:
        """Finish what was asked for, then let go of the database."""
        self._jobs.put(_Job(_LAST, next(self._numbers), "close", _nothing))
        self._thread.join()
        self._let_go()
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self) -> None:
        while True:
            group = [self._jobs.get()]
            # who waits outside gets a commit of its own, not behind a long one
            while len(group) < GROUP and not self._jobs.empty() and group[-1].rank != _LAST:
                if group[0].rank == _FIRST and self._jobs.queue[0].rank != _FIRST:
                    break
                group.append(self._jobs.get())
            jobs = [job for job in group if job.future.set_running_or_notify_cancel()]
            if jobs:
                self._commit(jobs)
            if group[-1].rank == _LAST:
                return

    def _commit(self, group: list[_Job]) -> None:
        """Run jobs and commit them together; one that fails takes nothing of the others along."""
        try:
            # Held, because opening one for every transaction takes longer than the transaction.
            if self._connection is None:
                self._connection = self.engine.connect()
            with self._connection.begin():
                if len(group) > 1 and self.engine.dialect.name == "sqlite":
                    # Or the first savepoint would be the transaction, and its end the commit.
                    self._connection.exec_driver_sql("BEGIN IMMEDIATE")
                for job in group:
                    self._run(self._connection, job, alone=len(group) == 1)
        except Exception as error:
            self._let_go()
            for job in group:
                job.future.set_exception(error)
            return
        for job in group:
            if job.error:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)

    def _run(self, connection: Connection, job: _Job, alone: bool) -> None:
        if alone:
            job.result = job.call(connection)
            return
        try:
            with connection.begin_nested():
                job.result = job.call(connection)
        except Exception as error:
            job.error = error

    def _let_go(self) -> None:
        """Close the connection: it may be broken."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _nothing(_connection: Connection) -> None:
    """The last job of a store."""


def _commit_to_disk(connection: Any, _record: Any) -> None:
    # The acknowledgement promises that the message is kept; WAL alone would lose it to a power cut.
    connection.execute("PRAGMA synchronous=FULL")
