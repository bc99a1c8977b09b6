"""How often one session and one address may ask, and whose address a request comes from.

Stands at step 1 of the message path. Counts live in this process: with several, each has its own.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable, Sequence

from bot.channels.web_errors import ChatError
from bot.settings import SettingError, Settings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A patient with a slow connection resends; a flood of addresses must not fill the memory.
MOST_KEYS = 20_000


class RateLimit:
    """A bucket of `per_minute` requests for each key, refilled evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # key -> (left, when that was so)

    def take(self, key: str) -> None:
        """Count one request.

        Raises:
            ChatError: 429 with the seconds to wait.
        """
        moment = self._clock()
        left, since = self._buckets.pop(key, (self._size, moment))
        left = min(self._size, left + (moment - since) * self._size / 60)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, moment)
        self._forget(moment)
        if not allowed:
            wait = max(1, math.ceil((1 - left) * 60 / self._size))
            raise ChatError(429, "rate_limited", f"Wait {wait} s.", retry_after=wait)

    def _forget(self, moment: float) -> None:
        # Least recently used first: a key that rested for a minute has a full bucket anyway.
        while self._buckets:
            key, (_, since) = next(iter(self._buckets.items()))
            if moment - since < 60 and len(self._buckets) <= MOST_KEYS:
                return
            del self._buckets[key]


def trusted_proxies(settings: Settings) -> tuple[Network, ...]:
    """The networks whose word about a client's address is believed.

    Raises:
        SettingError: TRUSTED_PROXIES holds something that is no address and no network.
    """
    try:
        return tuple(ipaddress.ip_network(item, strict=False) for item in settings.trusted_proxies)
    except ValueError as error:
        raise SettingError(f"TRUSTED_PROXIES: {error}") from error


def client_address(peer: str, forwarded_for: str | None, trusted: Sequence[Network]) -> str:
    """The address that a request comes from.

    `X-Forwarded-For` is believed from the right, and only while the address that adds to it is a
    trusted proxy; an IPv6 address stands for its /64, which one customer has as a whole.
    """
    chain = [part.strip() for part in (forwarded_for or "").split(",") if part.strip()]
    address = peer
    while chain and _inside(address, trusted):
        address = chain.pop()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return peer
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _inside(address: str, networks: Sequence[Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
