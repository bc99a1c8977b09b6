"""A file that holds entries of the transcript from the moment they are made until they are stored.

Stands at step 10 of the message path, between the event broker and the database: a database that
fails or a process that dies loses nothing.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

logger = logging.getLogger(__name__)

BATCH = 500
REJECTED = "rejected.jsonl"  # entries that the database can never take; kept for a person to see


class Journal:
    """One process's own file of entries not stored yet, one JSON object a line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None
        self._done = 0  # bytes at the start of the file that are stored
        self._held: list[dict[str, Any]] = []  # what the disk did not take either

    def append(self, entry: dict[str, Any]) -> None:
        """Write an entry down; it survives the end of this process."""
        with self._lock:
            try:
                file = self._open()
                file.seek(0, os.SEEK_END)
                file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
                file.flush()
            except OSError as error:
                self._held.append(entry)
                logger.error(
                    "Transcript: cannot write to %s (%s); the entry is in memory alone. "
                    "Make room on the disk.",
                    self.folder,
                    error,
                )

    def waiting(self) -> tuple[list[dict[str, Any]], int]:
        """The oldest entries not stored yet, and where they end (in the file, else below 0)."""
        with self._lock:
            if self._held:
                return list(self._held), -len(self._held)
            if self._file is None:
                return [], 0
            self._file.seek(self._done)
            lines: list[bytes] = []
            while len(lines) < BATCH and (line := self._file.readline()):
                lines.append(line)
            return list(_parse(lines, self.folder)), self._file.tell()

    def stored(self, place: int) -> None:
        """Forget what `waiting` returned with `place`."""
        with self._lock:
            if place < 0:
                del self._held[:-place]
                return
            self._done = place
            if self._file and self._file.seek(0, os.SEEK_END) == place:
                self._file.truncate(0)
                self._done = 0

    def empty(self) -> bool:
        with self._lock:
            if self._held:
                return False
            return self._file is None or self._file.seek(0, os.SEEK_END) <= self._done

    def close(self) -> None:
        """Let go of the file; one with nothing left in it is removed."""
        empty = self.empty()
        with self._lock:
            if self._file:
                if empty:
                    Path(self._file.name).unlink(missing_ok=True)
                self._file.close()
                self._file = None

    def _open(self) -> IO[bytes]:
        if self._file is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"journal-{os.getpid()}-{id(self):x}.jsonl"
            file = path.open("a+b")
            # Held for as long as this process lives: others leave the file alone.
            fcntl.flock(file, fcntl.LOCK_EX)
            self._file = file
        return self._file


@contextmanager
def left_behind(folder: Path) -> Iterator[list[tuple[Path, list[dict[str, Any]]]]]:
    """Entries in files of processes that are gone, kept from other processes meanwhile."""
    found, held = [], []
    for path in sorted(folder.glob("journal-*.jsonl")):
        file = path.open("rb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # its process lives
            file.close()
            continue
        held.append(file)
        if path.exists():
            found.append((path, list(_parse(file.readlines(), folder))))
    try:
        yield found
    finally:
        for file in held:
            file.close()


def reject(folder: Path, entry: dict[str, Any], error: Exception) -> None:
    """Put aside an entry that can never be stored, loudly."""
    logger.error(
        "Transcript: an entry of %s cannot be stored (%s); kept in %s",
        entry.get("conversation_id"),
        error,
        folder / REJECTED,
    )
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / REJECTED).open("a", encoding="utf-8") as file:
        line = {"error": str(error)[:500], "entry": entry}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _parse(lines: list[bytes], folder: Path) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            logger.error("Transcript: a damaged line in %s is left out: %r", folder, line[:200])


def forget(folder: Path, conversations: set[str]) -> int:
    """Take what was put aside of these conversations out of the file; returns how many lines."""
    path = folder / REJECTED
    if not path.exists():
        return 0
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [
        line
        for line in lines
        if json.loads(line)["entry"].get("conversation_id") not in conversations
    ]
    if len(kept) < len(lines):
        path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    return len(lines) - len(kept)
