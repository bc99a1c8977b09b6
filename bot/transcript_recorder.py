"""Stores what the journal holds from a thread of its own, and says whether the database works.

Stands at step 10 of the message path, between the journal and the database.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from bot import transcript_store
from bot.database import upgrade
from bot.transcript_journal import Journal, left_behind, reject
from bot.transcript_tables import conversations

logger = logging.getLogger(__name__)

RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# What comes within this time is stored together: the patient's reply goes out first, and a busy
# clinic's turns share their commits. The journal holds them meanwhile.
GATHER_SECONDS = 0.2
LOOK_SECONDS = 5.0  # how often an idle recorder asks whether the database is still there
CLOSE_SECONDS = 5.0

# No other attempt can store these; any other error may pass, so the entry waits for it.
_HOPELESS = (DataError, IntegrityError, LookupError, TypeError, ValueError, AttributeError)


class Recorder:
    """Writes entries down at once and stores them from a thread of its own, in order."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.journal = Journal(folder)
        self._engine = engine
        self._folder = folder
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._stop = threading.Event()
        self._failures = 0
        self._prepared = False
        self._thread = threading.Thread(target=self._work, name="transcript", daemon=True)
        self._thread.start()
        self._wake.set()  # there may be entries of a process that ended

    def submit(self, entry: dict[str, Any]) -> None:
        self.journal.append(entry)
        self._wake.set()

    def healthy(self) -> bool:
        """Whether what was said lately is stored; False while entries wait for the database."""
        return self._failures == 0 and self._thread.is_alive()

    def drain(self, seconds: float) -> bool:
        """Wait until everything is stored; False when `seconds` were not enough."""
        end = time.monotonic() + seconds
        while not self.journal.empty() or not self._prepared:
            if time.monotonic() > end:
                return False
            self._hurry.set()
            self._wake.set()
            time.sleep(0.01)
        return True

    def close(self) -> None:
        """Store what can be stored now; the rest stays in the journal for the next start."""
        self.drain(CLOSE_SECONDS if self.healthy() else 0)
        self._stop.set()
        self._hurry.set()
        self._wake.set()
        self._thread.join(CLOSE_SECONDS)
        self.journal.close()

    def _work(self) -> None:
        while not self._stop.is_set():
            if self._failures:
                self._stop.wait(self._pause())
            elif self._wake.wait(LOOK_SECONDS):
                self._hurry.wait(GATHER_SECONDS)
            self._hurry.clear()
            self._wake.clear()
            try:
                self._store_everything()
            except Exception as error:
                self._failures += 1
                logger.error(
                    "Transcript: the database does not take messages (%s). They wait in %s; "
                    "next attempt in %s s.",
                    error,
                    self._folder,
                    self._pause(),
                )

    def _pause(self) -> float:
        return RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS)) - 1]

    def _store_everything(self) -> None:
        if not self._prepared:
            upgrade(self._engine)
            replay_left_behind(self._engine, self._folder)
            self._prepared = True
        while True:
            entries, place = self.journal.waiting()
            if entries:
                store_entries(self._engine, entries, self._folder)
            else:
                self._look()
            if self._failures:
                logger.warning("Transcript: the database takes messages again.")
            self._failures = 0
            self.journal.stored(place)
            if not entries:
                return

    def _look(self) -> None:
        with self._engine.connect() as connection:
            connection.execute(sa.select(conversations.c.id).limit(1)).first()


def store_entries(engine: Engine, entries: list[dict[str, Any]], folder: Path) -> None:
    """Store entries together; if one of them can never be stored, put that one aside.

    Raises:
        SQLAlchemyError: the database does not work; nothing of the entries is lost.
    """
    try:
        with engine.begin() as connection:
            for entry in entries:
                transcript_store.store(connection, entry)
    except Exception as error:
        # A bare StatementError is a value that cannot be bound; its subclasses are the driver's.
        if not isinstance(error, _HOPELESS) and type(error) is not StatementError:
            raise
        if len(entries) == 1:
            reject(folder, entries[0], error)
            return
        for entry in entries:
            store_entries(engine, [entry], folder)


def replay_left_behind(engine: Engine, folder: Path) -> int:
    """Store what processes that are gone had not stored; returns how many entries."""
    count = 0
    with left_behind(folder) as journals:
        for path, entries in journals:
            if entries:
                logger.warning("Transcript: storing %d entries left in %s", len(entries), path)
                store_entries(engine, entries, folder)
            path.unlink()
            count += len(entries)
    return count
