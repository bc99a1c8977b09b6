"""The same on PostgreSQL: several processes may receive, one at a time works."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.bench.private_postgres import PrivatePostgres
from bot.channels.messaging_lock import MessagingLock
from bot.channels.messaging_tables import counts, inbox, outbox, people
from bot.database import open_url
from tests.bot.channels.whatsapp import bodies
from tests.bot.channels.whatsapp.conftest import Bot, Start, free_port
from tests.bot.channels.whatsapp.graph import Fault


@pytest.fixture
def url(postgres: PrivatePostgres) -> str:
    return postgres.new_database()


async def test_a_day_in_the_life(start: Start, url: str) -> None:
    """Batches, repetitions, statuses, a lost answer, a changed number, NUL in a text."""
    bot: Bot = await start(database_url=url)
    await bot.post(bodies.recorded("batch"))
    await bot.post(bodies.recorded("batch"))
    await bot.sent(4)
    bot.graph.faults.append(Fault(accept=True, drop=True))
    bot.graph.statuses = ("delivered", "sent")
    await bot.post(bodies.of(bodies.text("lost\0 answer", sender="33612345678")))
    await bot.sent(5)
    await bot.post(bodies.recorded("number_changed"))
    await bot.say("after", sender="8801811000002")
    await bot.sent(6)
    await bot.until(lambda: not [row for row in bot.rows(inbox) if row["kind"] == "status"])
    counted = {row["name"]: row["value"] for row in bot.rows(counts)}
    assert (counted["received"], counted["duplicates"], counted["sent"]) == (11, 4, 6)
    assert {row["state"] for row in bot.rows(inbox)} == {"done"}
    assert {row["state"] for row in bot.rows(outbox)} == {"sent"}
    assert len(bot.rows(people)) == 3
    assert bot.agent.texts.count("lost answer") == 1


async def test_two_receive_and_one_answers(start: Start, url: str) -> None:
    first: Bot = await start(database_url=url)
    second: Bot = await start(database_url=url, port=free_port())
    messages = [bodies.text(f"m{n}", f"88017110{n % 7:05}") for n in range(40)]
    requests = [bodies.signed(bodies.of(message)) for message in messages]

    async def deliver(bot: Bot, request: dict[str, Any]) -> None:
        response = await bot.client.post("/webhooks/whatsapp", **request)
        assert response.status_code == 200

    for request in requests:  # each to both at the same moment
        await asyncio.gather(deliver(first, request), deliver(second, request))
    await first.sent(40, seconds=30)
    assert len(first.graph.accepted) == 40
    assert second.agent.texts == []  # it waits for the first to end


def test_the_lock_has_one_holder(url: str) -> None:
    engines = [open_url(url), open_url(url)]
    first, second = (MessagingLock(engine) for engine in engines)
    assert first.acquire()
    assert not second.acquire()
    assert first.held()
    first.release()
    assert second.acquire()
    second.release()
    for engine in engines:
        engine.dispose()


def test_a_lost_connection_is_noticed(url: str) -> None:
    engine = open_url(url)
    lock = MessagingLock(engine)
    assert lock.acquire()
    with engine.connect() as other:
        other.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert not lock.held()
    lock.release()
    assert lock.acquire()
    lock.release()
    engine.dispose()
