"""Runs messaging's database work in one thread, so that the event loop never waits for a disk.

Stands under steps 1 and 9 of the message path. One writer at a time also spares SQLite's lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.database import connect, upgrade
from bot.settings import Settings

T = TypeVar("T")


class Store:
    """`await store.run(function, ...)` runs `function(connection, ...)` in one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="messaging")

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
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: self.now(function, *args, **options)
        )

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
        self._thread.shutdown(wait=True)
        self.engine.dispose()


def _commit_to_disk(connection: Any, _record: Any) -> None:
    # The acknowledgement promises that the message is kept; WAL alone would lose it to a power cut.
    connection.execute("PRAGMA synchronous=FULL")
