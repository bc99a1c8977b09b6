"""Every intent leads to an action, every action exists, and each reply is one whole message."""

from __future__ import annotations

import statistics
import time

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from tests.actions.conftest import ROOT, Conversation, rules

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
KINDS = frozenset(
    {"answer", "not_stated", "ask_treatment", "suitability", "comparison", "list", "emergency"}
    | {"medical_advice", "handoff", "contact", "smalltalk", "language", "fallback"}
    | {"unsupported_language"}
)


def test_every_intent_has_one_rule() -> None:
    assert sorted(rules()) == sorted(DOMAIN["intents"])


def test_every_action_is_in_the_domain_in_a_rule_and_in_a_file(executor: ActionExecutor) -> None:
    assert sorted(executor.actions) == sorted(DOMAIN["actions"])
    assert set(rules().values()) == set(DOMAIN["actions"])
    for name in DOMAIN["actions"]:
        assert (ROOT / "actions" / f"{name}.py").is_file()


def test_slots_that_the_actions_set_are_in_the_domain(talk: Conversation) -> None:
    for intent in rules():
        talk.say(intent, treatment="glutathione")
        talk.say(intent)
    assert set(talk.slots) <= set(DOMAIN["slots"])


@pytest.mark.parametrize("intent", sorted(rules()))
def test_every_intent_gets_one_message_of_a_known_kind(
    talk: Conversation, language: str, intent: str
) -> None:
    bare = talk.say(intent, language=language)
    named = talk.say(intent, treatment="intrathecal_injection", condition="pregnancy")
    assert {bare.record["kind"], named.record["kind"]} <= KINDS


def test_an_action_takes_less_than_five_milliseconds(talk: Conversation) -> None:
    spent = []
    for intent in sorted(rules()):
        for treatment in ("glutathione", ("glutathione", "il_injection")):
            started = time.perf_counter()
            talk.say(intent, treatment=treatment)
            spent.append(time.perf_counter() - started)
    assert statistics.median(spent) < 0.005
