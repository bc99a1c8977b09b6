"""Lets one process alone work through inbox and outbox, however many receive messages.

Between steps 1 and 2 of the message path. The operating system or PostgreSQL lets go of the lock
when the process that holds it ends, however it ends.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

_NUMBER = 707071  # any, as long as nothing else in the database uses it


class MessagingLock:
    """Try `acquire` until it succeeds; ask `held` from time to time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._file: IO[str] | None = None
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free."""
        if self._engine.dialect.name == "postgresql":
            return self._acquire_session()
        if self._engine.url.database in (None, "", ":memory:"):
            return True
        file = Path(f"{self._engine.url.database}.messaging").open("a")  # noqa: SIM115 - held
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def held(self) -> bool:
        """Whether the lock is still ours: a lost connection to PostgreSQL loses it."""
        if self._connection is None:
            return True
        try:
            self._connection.execute(sa.text("SELECT 1"))
        except sa.exc.SQLAlchemyError:
            return False
        return True

    def release(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
        if self._connection is not None:
            # Closed for good: a pooled connection would keep the lock.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _acquire_session(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        query = sa.text("SELECT pg_try_advisory_lock(:number)")
        if connection.execute(query, {"number": _NUMBER}).scalar():
            self._connection = connection
            return True
        connection.close()
        return False
