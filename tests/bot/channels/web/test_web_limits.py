"""How often one may ask, and whose address counts."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from bot.channels.web_errors import ChatError
from bot.channels.web_limits import MOST_KEYS, RateLimit, client_address


class Clock:
    def __init__(self) -> None:
        self.moment = 0.0

    def __call__(self) -> float:
        return self.moment


def test_a_full_bucket_then_one_at_a_time() -> None:
    clock = Clock()
    limit = RateLimit(6, clock)
    for _ in range(6):
        limit.take("a")
    with pytest.raises(ChatError) as refused:
        limit.take("a")
    assert refused.value.retry_after == 10
    clock.moment = 9.9
    with pytest.raises(ChatError):
        limit.take("a")
    clock.moment = 10.1
    limit.take("a")
    limit.take("b")


def test_asking_while_refused_does_not_prolong_the_wait() -> None:
    clock = Clock()
    limit = RateLimit(60, clock)
    for _ in range(60):
        limit.take("a")
    for tenth in range(1, 10):
        clock.moment = tenth / 10
        with pytest.raises(ChatError):
            limit.take("a")
    clock.moment = 1.01
    limit.take("a")


def test_resting_keys_are_forgotten() -> None:
    clock = Clock()
    limit = RateLimit(6, clock)
    for number in range(100):
        limit.take(str(number))
    clock.moment = 61
    limit.take("new")
    assert len(limit._buckets) == 1


def test_a_flood_of_keys_stays_bounded() -> None:
    limit = RateLimit(6, Clock())
    for number in range(MOST_KEYS + 500):
        limit.take(str(number))
    assert len(limit._buckets) == MOST_KEYS


PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", None, "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # nobody trusted says so
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),  # the client made the first one up
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", None, "198.51.100.7"),
    ],
)
def test_the_address_that_counts(peer: str, forwarded: str | None, address: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == address
