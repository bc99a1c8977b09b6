"""The trained bot for tests that talk to it, in one process and without servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.threads import set_threads

if TYPE_CHECKING:
    from rasa.core.agent import Agent

    from bot.channels.turn import Reply

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--model", type=Path, help="the model to test, instead of the newest one")


def pytest_configure(config: pytest.Config) -> None:
    set_threads()  # as `python -m bot` does, before any library is loaded


@pytest.fixture(scope="session")
def agent(request: pytest.FixtureRequest) -> Agent:
    """The newest model of models/, or that of --model, with the actions in this process."""
    from bot.offline import load_agent

    return load_agent(request.config.getoption("--model"))


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for everything that is said to the agent."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def say(agent: Agent, loop: asyncio.AbstractEventLoop) -> Callable[..., Reply]:
    """say(conversation, text, **metadata) -> Reply, through the same path as a live message."""
    from bot.channels.turn import take_turn

    def say(conversation: str, text: str, *, is_payload: bool = False, **metadata: Any) -> Reply:
        turn = take_turn(
            agent.handle_message,
            conversation_id=conversation,
            text=text,
            is_payload=is_payload,
            channel="replay",
            metadata={"channel": "replay", **metadata},
            timeout=60.0,
        )
        return loop.run_until_complete(turn)

    return say
