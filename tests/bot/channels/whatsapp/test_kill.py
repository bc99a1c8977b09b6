"""The process is killed at every step between receipt and send: each message is answered once."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.settings import Settings
from tests.bot.channels.whatsapp import bodies
from tests.bot.channels.whatsapp.graph import StandInGraph, text_of
from tests.bot.channels.whatsapp.nursery import Nursery, deliver, until_up

POINTS = [
    "before:receive:1",
    "inside:receive:1",  # written, not committed
    "after:receive:1",  # committed, not acknowledged
    "inside:receive:2",
    "inside:take:1",
    "after:take:1",
    "before:start:1",
    "after:start:2",
    "before:turn:1",
    "after:turn:1",  # Rasa has stored the turn, the outbox has nothing yet
    "after:turn:2",
    "before:finish:1",
    "inside:finish:2",
    "after:finish:1",
    "inside:claim:1",
    "after:claim:1",  # marked as being sent, not sent: no status will come
    "before:send:2",
    "after:send:1",  # sent, not noted: a status tells
    "before:record:2",
    "inside:record:1",
    "after:record:1",
    "after:record:3",
]
A, B = "8801711000001", "8801811000002"


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    servers = Nursery()
    yield servers
    servers.close()


async def say_everything(url: str) -> None:
    """Three messages as the platform delivers them: again and again until acknowledged."""
    path = f"{url}/webhooks/whatsapp"
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        for words, sender in (("one", A), ("other", B), ("two", A)):
            await deliver(client, path, bodies.signed(bodies.of(bodies.text(words, sender))))


async def until_settled(graph: StandInGraph, seconds: float = 15.0) -> None:
    """Until three answers are there, and then as long as a doubled one could take."""
    for _ in range(int(seconds / 0.05)):
        if len(graph.accepted) >= 3:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.2)


def heard(graph: StandInGraph, sender: str) -> list[str]:
    """First lines of what a person got."""
    bodies_ = [body for body in graph.accepted if body["to"] == sender]
    return [text_of(body).split("\n")[0] for body in bodies_]


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_a_step_and_started_again(
    nursery: Nursery, graph: StandInGraph, settings: Settings, point: str
) -> None:
    url = f"http://127.0.0.1:{settings.port}"
    graph.webhook = f"{url}/webhooks/whatsapp"
    graph.statuses = ("delivered", "sent")
    first = nursery.start(settings, kill=point)
    await until_up(url)
    saying = asyncio.ensure_future(say_everything(url))
    loop = asyncio.get_running_loop()
    status = await asyncio.wait_for(loop.run_in_executor(None, nursery.wait, first), 20)
    assert status == signal.SIGKILL, f"{point} was not reached"
    second = nursery.start(settings)
    try:
        await asyncio.wait_for(saying, 20)
        await until_settled(graph)
    finally:
        nursery.kill(second)
    assert heard(graph, A) == ["1. one", "2. two"]
    assert heard(graph, B) == ["1. other"]


async def test_a_message_that_kills_the_process_again_and_again_is_set_aside(
    nursery: Nursery, graph: StandInGraph, settings: Settings
) -> None:
    """Poison: it is answered with the clinic's contact, and the others are not held up."""
    url = f"http://127.0.0.1:{settings.port}"
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        for attempt in range(6):
            pid = nursery.start(settings, kill="before:turn:1" if attempt < 5 else None)
            if attempt in (0, 5):  # in between the poison kills it before or after it answers
                await until_up(url)
            if attempt == 0:
                request = bodies.signed(bodies.of(bodies.text("poison", A)))
                await deliver(client, f"{url}/webhooks/whatsapp", request)
            if attempt < 5:
                loop = asyncio.get_running_loop()
                status = await asyncio.wait_for(loop.run_in_executor(None, nursery.wait, pid), 20)
                assert status == signal.SIGKILL
        request = bodies.signed(bodies.of(bodies.text("other", B)))
        await deliver(client, f"{url}/webhooks/whatsapp", request)
        for _ in range(200):
            if len(graph.accepted) == 2:
                break
            await asyncio.sleep(0.05)
        nursery.kill(pid)
    assert heard(graph, B) == ["1. other"]
    (text,) = heard(graph, A)
    assert "poison" not in text


async def test_two_processes_on_one_database_answer_once(
    nursery: Nursery, graph: StandInGraph, settings: Settings, tmp_path: Path
) -> None:
    """One works, the other takes over when the first is killed."""
    from dataclasses import replace

    from tests.bot.channels.whatsapp.conftest import free_port

    other = replace(settings, port=free_port())
    graph.statuses = ("sent",)
    pids = [nursery.start(settings), nursery.start(other)]
    urls = [f"http://127.0.0.1:{port}" for port in (settings.port, other.port)]
    for url in urls:
        await until_up(url)
    graph.webhook = f"{urls[1]}/webhooks/whatsapp"
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        for number in range(10):
            path = f"{urls[number % 2]}/webhooks/whatsapp"
            request = bodies.signed(bodies.of(bodies.text(f"m{number}", A)))
            await deliver(client, path, request)
            await deliver(client, f"{urls[(number + 1) % 2]}/webhooks/whatsapp", request)
        nursery.kill(pids[0])
        request = bodies.signed(bodies.of(bodies.text("m10", A)))
        await deliver(client, f"{urls[1]}/webhooks/whatsapp", request)
    for _ in range(300):
        if len(graph.accepted) >= 11:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.2)
    nursery.kill(pids[1])
    shutil.rmtree(tmp_path, ignore_errors=True)
    said = [text.split(". ")[1] for text in heard(graph, A)]
    assert said == [f"m{n}" for n in range(11)]
