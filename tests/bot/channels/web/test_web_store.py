"""Turns of the website in the database, on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.channels.web_store import WebStore, turns

MINUTE = timedelta(minutes=1)
REPLY: dict[str, Any] = {"id": "t.1", "text": "গ্লুটাথায়ন", "buttons": [], "answer": {}}


@pytest.fixture
def store(engine: Engine) -> WebStore:
    return WebStore(engine, MINUTE)


def owned_by(engine: Engine, owner: str) -> None:
    with engine.begin() as connection:
        connection.execute(turns.update().values(owner=owner))


def test_a_turn_is_claimed_once_and_answered(engine: Engine, store: WebStore) -> None:
    assert store.claim("c", "t").ours
    assert store.find("c", "t") is None
    store.finish("c", "t", REPLY, ["/greet"])
    assert store.find("c", "t") == REPLY
    again = WebStore(engine, MINUTE).claim("c", "t")
    assert (again.reply, again.ours) == (REPLY, False)
    assert store.was_offered("c", "/greet")
    assert not store.was_offered("c", "/other")
    assert not store.was_offered("d", "/greet")


def test_another_live_process_is_left_to_answer(engine: Engine, store: WebStore) -> None:
    store.claim("c", "t")
    parent = os.getppid()
    host = store._owner.partition("/")[0]
    owned_by(engine, f"{host}/{parent}/aa")
    claim = WebStore(engine, MINUTE).claim("c", "t")
    assert (claim.reply, claim.ours) == (None, False)


def test_a_turn_of_a_dead_process_is_taken_over(engine: Engine, store: WebStore) -> None:
    store.claim("c", "t")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    host = store._owner.partition("/")[0]
    owned_by(engine, f"{host}/{ended.pid}/aa")
    assert WebStore(engine, MINUTE).claim("c", "t").ours
    # In a container, every process that serves has the same number.
    owned_by(engine, f"{host}/{os.getpid()}/an earlier life")
    assert WebStore(engine, MINUTE).claim("c", "t").ours


def test_a_turn_of_another_machine_is_taken_over_after_its_lease(
    engine: Engine, store: WebStore
) -> None:
    store.claim("c", "t")
    owned_by(engine, "elsewhere/1/aa")
    assert not store.claim("c", "t").ours
    with engine.begin() as connection:
        long_ago = connection.execute(sa.select(turns.c.claimed_at)).scalar() - 2 * MINUTE
        connection.execute(turns.update().values(claimed_at=long_ago))
    assert store.claim("c", "t").ours


def test_a_released_turn_can_be_claimed_again(engine: Engine, store: WebStore) -> None:
    store.claim("c", "t")
    store.release("c", "t")
    assert WebStore(engine, MINUTE).claim("c", "t").ours
    store.finish("c", "t", REPLY, [])
    store.release("c", "t")
    assert store.find("c", "t") == REPLY, "an answered turn stays"


def test_replies_since_one_of_them(store: WebStore) -> None:
    for name in ("t3", "t1", "t2"):
        store.claim("c", name)
    for name in ("t1", "t2", "t3"):
        store.finish("c", name, {"id": name}, [])
    store.claim("c", "t4")
    assert [reply["id"] for reply in store.since("c", None)] == ["t1", "t2", "t3"]
    assert [reply["id"] for reply in store.since("c", "t1")] == ["t2", "t3"]
    assert [reply["id"] for reply in store.since("c", "t4")] == ["t1", "t2", "t3"]
    assert store.since("d", None) == []


def test_an_ended_conversation_leaves_nothing(store: WebStore) -> None:
    for conversation in ("c", "d"):
        store.claim(conversation, "t")
        store.finish(conversation, "t", REPLY, ["/greet"])
    store.end("c")
    store.end("c")
    assert store.is_ended("c")
    assert store.since("c", None) == []
    assert not store.was_offered("c", "/greet")
    assert not store.is_ended("d")
    assert store.since("d", None) == [REPLY]


def test_old_turns_are_removed(store: WebStore) -> None:
    store.claim("c", "t")
    store.finish("c", "t", REPLY, ["/greet"])
    store.end("e")
    store.purge(MINUTE)
    assert store.find("c", "t") == REPLY
    store.purge(-MINUTE)
    assert store.find("c", "t") is None
    assert not store.was_offered("c", "/greet")
    assert not store.is_ended("e")
