"""A conversation with the actions alone: understood messages in, replies out. No Rasa here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from knowledge.loader import shared
from knowledge.model import KnowledgeBase

ROOT = Path(__file__).resolve().parents[2]
ANSWER_LANGUAGES = shared().answer_languages


def rules() -> dict[str, str]:
    """Intent -> action, from data/stories."""
    found: dict[str, str] = {}
    for file in sorted((ROOT / "data/stories").glob("*.yml")):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
            first, second = rule["steps"]
            for step in first.get("or", [first]):
                assert step["intent"] not in found, f"two rules for {step['intent']}"
                found[step["intent"]] = second["action"]
    return found


@dataclass
class Said:
    """One reply."""

    text: str
    buttons: list[dict[str, str]]
    record: dict[str, Any]

    @property
    def payloads(self) -> list[str]:
        return [button["payload"] for button in self.buttons]


@dataclass
class Conversation:
    """Keeps the slots between turns, as Rasa does."""

    executor: ActionExecutor
    actions: dict[str, str]
    language: str = "en"
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    def say(
        self,
        intent: str,
        *,
        treatment: str | tuple[str, ...] = (),
        condition: str | tuple[str, ...] = (),
        entities: tuple[dict[str, Any], ...] = (),
        text: str = "as typed",
        language: str | None = None,
        unsupported: str | None = None,
        metadata: dict[str, Any] | None = None,
        **attributes: Any,
    ) -> Said:
        """One message, as the pipeline understood it. Checks what holds for every reply."""
        self.language = language or self.language
        named = [treatment] if isinstance(treatment, str) else treatment
        ill = [condition] if isinstance(condition, str) else condition
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [
                *({"entity": "treatment", "value": value} for value in named),
                *({"entity": "health_condition", "value": value} for value in ill),
                *entities,
            ],
            "language": {"code": self.language, "decided": True, "unsupported": unsupported},
            "metadata": metadata or {},
            **attributes,
        }
        if text.startswith("/"):
            del message["language"]  # payloads lose custom attributes
        self.events.append({"event": "user", "metadata": metadata or {}})
        return self._run(self.actions[intent], message)

    def press(self, payload: str) -> Said:
        """A button, as Rasa reads its payload."""
        intent, _, rest = payload.removeprefix("/").partition("{")
        values = yaml.safe_load("{" + rest) if rest else {}
        language = values.get("language")
        if language:
            self.slots["language"] = language
        entities = tuple({"entity": name, "value": value} for name, value in values.items())
        return self.say(intent, entities=entities, text=payload)

    def _run(self, action: str, message: dict[str, Any]) -> Said:
        # What the slot mappings of domain.yml do before an action runs.
        for item in message["entities"]:
            if item["entity"] == "language":
                self.slots["language"] = item["value"]
                if item.get("role") == "requested":
                    self.slots["language_requested"] = item["value"]
        tracker = Tracker("c", dict(self.slots), message, self.events, False, None, {}, None)
        dispatcher = CollectingDispatcher()
        events = self.executor.actions[action](dispatcher, tracker, {})
        self.slots.update({event["name"]: event["value"] for event in events})
        (said,) = dispatcher.messages  # one message a turn
        reply = Said(said["text"], said["buttons"], said["custom"])
        assert reply.text.strip()
        assert "{" not in reply.text
        assert "None" not in reply.text
        assert reply.record["buttons"] == reply.buttons
        assert {"kind", "treatment", "topic", "language", "facts", "sources"} <= set(reply.record)
        return reply


@pytest.fixture(scope="session")
def executor() -> ActionExecutor:
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor


@pytest.fixture(scope="session")
def actions_of_intents() -> dict[str, str]:
    return rules()


@pytest.fixture
def talk(executor: ActionExecutor, actions_of_intents: dict[str, str]) -> Conversation:
    """A new conversation whose first reply was given already, so that no disclosure stands in."""
    return Conversation(executor, actions_of_intents, slots={"disclosed": True})


@pytest.fixture
def new_talk(executor: ActionExecutor, actions_of_intents: dict[str, str]) -> Conversation:
    """A new conversation."""
    return Conversation(executor, actions_of_intents)


@pytest.fixture(scope="session")
def kb() -> KnowledgeBase:
    return shared()


@pytest.fixture(params=ANSWER_LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Every language that replies exist in."""
    return str(request.param)
