"""Lets a request that has just arrived pass before the next turn begins.

Between steps 1 and 2 of the message path: understanding a message keeps the event loop busy, and
an acknowledgement must not wait for several of them.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

from bot.channels.waiting import woken

LONGEST_SECONDS = 0.25  # under a flood of requests turns go on all the same


class Doorway:
    """`with doorway:` around a request; `await doorway.clear()` before a turn."""

    def __init__(self) -> None:
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    def __enter__(self) -> None:
        self._inside += 1
        self._empty.clear()

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._inside -= 1
        if self._inside == 0:
            self._empty.set()

    async def clear(self) -> None:
        """Wait until no request is being acknowledged, but not for long."""
        # Twice round the loop: a request that the socket holds already gets inside.
        for _ in range(2):
            await asyncio.sleep(0)
        if not self._empty.is_set():
            await woken(self._empty, LONGEST_SECONDS)
