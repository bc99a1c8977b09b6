"""A real Rasa agent, with the stores and the broker that endpoints.yml names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.core.agent import Agent, load_agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.utils import AvailableEndpoints
from rasa.model_training import train

from bot import transcript
from bot.database import open_url
from bot.lock_store import PromptLockStore
from bot.settings import Settings
from bot.transcript import TranscriptBroker
from bot.transcript_tables import messages

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "config.yml": """
recipe: default.v1
assistant_id: test
language: en
pipeline: [{name: KeywordIntentClassifier}]
policies: [{name: RulePolicy}]
""",
    "domain.yml": """
version: "3.1"
intents: [greet]
responses: {utter_greet: [{text: "Hello, call +880 1711 234567", custom: {kind: smalltalk}}]}
session_config: {session_expiration_time: 60, carry_over_slots_to_new_session: true}
""",
    "data.yml": """
version: "3.1"
nlu: [{intent: greet, examples: "- hi\\n- hello\\n"}]
rules: [{rule: greet, steps: [{intent: greet}, {action: utter_greet}]}]
""",
    "endpoints.yml": """
tracker_store: {type: bot.tracker_store.ClinicTrackerStore}
lock_store: {type: bot.lock_store.PromptLockStore}
event_broker: {type: bot.transcript.TranscriptBroker}
""",
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    config, domain, data = (str(folder / name) for name in ("config.yml", "domain.yml", "data.yml"))
    result = train(domain, config, [data], output=str(folder), force_training=True)
    assert result.model
    return Path(result.model)


@pytest.fixture
async def agent(
    model: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Agent]:
    monkeypatch.setenv("VAR_DIR", str(settings.var_dir))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("TRACKER_DATABASE_URL", settings.tracker_database_url)
    monkeypatch.setattr(transcript, "clinic_contacts", lambda: frozenset({"+8801711234567"}))
    transcript.recorder.cache_clear()
    endpoints = AvailableEndpoints.read_endpoints(str(model.parent / "endpoints.yml"))
    agent = await load_agent(str(model), endpoints=endpoints)
    yield agent
    await agent.tracker_store.event_broker.close()


async def say(agent: Agent, text: str, turn: str) -> list[dict]:
    channel = CollectingOutputChannel()
    metadata = {"channel": "web", "message_id": turn}
    message = UserMessage(text, channel, "web-abc", input_channel="web", metadata=metadata)
    await agent.handle_message(message)
    return channel.messages


def test_the_repository_names_these_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS_URL", "http://127.0.0.1:1/webhook")
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    assert endpoints.event_broker.type == "bot.transcript.TranscriptBroker"
    assert endpoints.lock_store.type == "bot.lock_store.PromptLockStore"


async def test_a_conversation_with_rasa_is_written_down(agent: Agent, settings: Settings) -> None:
    broker = agent.tracker_store.event_broker
    assert isinstance(broker, TranscriptBroker)
    assert isinstance(agent.lock_store, PromptLockStore)
    assert await say(agent, "hi", "t1")
    await asyncio.gather(*(say(agent, "hello", f"t{n}") for n in (2, 3, 4)))
    assert broker.recorder.drain(10)
    assert broker.is_ready()
    with open_url(settings.database_url).connect() as connection:
        rows = connection.execute(sa.select(messages).order_by(messages.c.id)).all()
    assert [(row.turn_id, row.direction) for row in rows] == [
        (f"t{n}", direction) for n in (1, 2, 3, 4) for direction in ("in", "out")
    ]
    assert rows[0].intent == "greet"
    assert rows[1].text == "Hello, call +880 1711 234567"
    assert rows[1].kind == "smalltalk"


async def test_a_database_that_is_down_does_not_stop_the_answers(
    agent: Agent, settings: Settings
) -> None:
    broker = agent.tracker_store.event_broker
    engine = open_url(settings.database_url)
    await say(agent, "hi", "t1")
    assert broker.recorder.drain(10)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE messages RENAME TO away"))
    assert await say(agent, "hi", "t2")
    for _ in range(100):
        await asyncio.sleep(0.05)
        if not broker.is_ready():
            break
    assert not broker.is_ready()
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO messages"))
    assert await asyncio.to_thread(broker.recorder.drain, 15)
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(messages)) == 4
