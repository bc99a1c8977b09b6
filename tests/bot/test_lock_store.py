"""Messages of one conversation wait for each other, and no longer than needed."""

from __future__ import annotations

import asyncio
import time

import pytest
from rasa.core.lock_store import LockStore
from rasa.utils.endpoints import EndpointConfig

from bot.lock_store import PromptLockStore


@pytest.fixture
def store() -> PromptLockStore:
    made = LockStore.create(EndpointConfig(type="bot.lock_store.PromptLockStore"))
    assert isinstance(made, PromptLockStore)
    return made


async def test_messages_are_answered_in_order_and_at_once(store: PromptLockStore) -> None:
    order: list[int] = []

    async def message(number: int) -> None:
        async with store.lock("one"):
            await asyncio.sleep(0.02)
            order.append(number)

    start = time.monotonic()
    await asyncio.gather(*(message(number) for number in range(5)))
    assert order == list(range(5))
    assert time.monotonic() - start < 0.5  # Rasa's own stores take over 4 s
    assert store.conversation_locks == {}
    assert store._released == {}


async def test_conversations_do_not_wait_for_each_other(store: PromptLockStore) -> None:
    async with store.lock("one"), store.lock("two"):
        pass


async def test_a_failing_message_lets_the_next_one_through(store: PromptLockStore) -> None:
    with pytest.raises(RuntimeError):
        async with store.lock("one"):
            raise RuntimeError
    async with store.lock("one"):
        pass


async def test_a_message_cancelled_while_waiting_does_not_block(store: PromptLockStore) -> None:
    async with store.lock("one"):
        waiting = asyncio.create_task(store.lock("one").__aenter__())
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with store.lock("one"):
        pass


async def test_an_expired_holder_is_passed_over(store: PromptLockStore) -> None:
    holder = store.lock("one", lock_lifetime=0.05)
    await holder.__aenter__()
    async with store.lock("one", wait_time_in_seconds=0.02):
        pass
