"""Keeps to the platform's rates: messages a second for the number, and to one person.

Step 9 of the message path, asked by the sender before it claims a letter. Limits: Meta's Cloud API
throughput page (2026).
"""

from __future__ import annotations

import time
from collections.abc import Callable

NUMBER_PER_SECOND = 80.0
PERSON_SECONDS = 6.0  # one message to one person in so many seconds,
PERSON_BURST = 45.0  # of which so many may be borrowed from later
REMEMBERED = 5000  # people; a full bucket says no more than a new one


class Bucket:
    """A token bucket."""

    def __init__(self, size: float, per_second: float, moment: float) -> None:
        self._size = size
        self._per_second = per_second
        self._tokens = size
        self._at = moment

    def level(self, moment: float) -> float:
        """Tokens left now."""
        self._tokens = min(self._size, self._tokens + (moment - self._at) * self._per_second)
        self._at = moment
        return self._tokens

    def take(self, moment: float) -> bool:
        """Take one token if there is one."""
        if self.level(moment) < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def full(self, moment: float) -> bool:
        return self.level(moment) >= self._size


class Pacer:
    """One per platform number; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._number = Bucket(NUMBER_PER_SECOND, NUMBER_PER_SECOND, clock())
        self._people: dict[int, Bucket] = {}

    def may_send(self, person_id: int) -> bool:
        """Whether a letter may go to this person now; counts it if so."""
        moment = self._clock()
        if self._number.level(moment) < 1.0:
            return False
        if person_id not in self._people:
            self._forget(moment)
            self._people[person_id] = Bucket(PERSON_BURST, 1.0 / PERSON_SECONDS, moment)
        return self._people[person_id].take(moment) and self._number.take(moment)

    def _forget(self, moment: float) -> None:
        if len(self._people) >= REMEMBERED:
            self._people = {k: b for k, b in self._people.items() if not b.full(moment)}
