"""Two treatments side by side, from what the documents state."""

from __future__ import annotations

from itertools import permutations

import pytest

from knowledge import render
from knowledge.loader import shared
from tests.actions.conftest import Conversation

PAIRS = list(permutations(shared().treatments, 2))


@pytest.mark.parametrize("pair", PAIRS)
def test_every_pair_is_compared_by_the_same_topics(
    talk: Conversation, language: str, pair: tuple[str, str]
) -> None:
    kb = shared()
    reply = talk.say("compare_treatments", treatment=pair, language=language)
    code = reply.record["language"]
    assert reply.record["kind"] == "comparison"
    assert reply.record["treatments"] == list(pair)
    assert reply.record["sources"]
    named = {fact.split("=")[0] for fact in reply.record["facts"]}
    assert "conditions_treated" in {fact.split(".")[1] for fact in named}
    for treatment in pair:
        for topic in ("conditions_treated", "session_duration", "session_count", "recovery_time"):
            stated = kb.treatments[treatment].topics[topic].stated
            assert (f"{treatment}.{topic}" in named) == stated
            assert (render.sentence(kb, treatment, topic, code) in reply.text) == stated


def test_topics_that_are_named_are_compared(talk: Conversation) -> None:
    reply = talk.say(
        "compare_treatments",
        treatment=("il_injection", "glutathione"),
        topics=["compare_treatments", "ask_benefits"],
    )
    assert reply.record["facts"] == ["il_injection.benefits", "glutathione.benefits"]


def test_one_named_is_compared_with_the_conversation_s(talk: Conversation) -> None:
    talk.say("ask_pain", treatment="il_injection")
    reply = talk.say("compare_treatments", treatment="glutathione")
    assert reply.record["treatments"] == ["il_injection", "glutathione"]


def test_one_named_is_asked_for_the_other(talk: Conversation) -> None:
    asked = talk.say("compare_treatments", treatment="glutathione")
    assert asked.record["kind"] == "ask_treatment"
    assert '/inform{"treatment":"glutathione"}' not in asked.payloads
    reply = talk.press('/inform{"treatment":"il_injection"}')
    assert reply.record["treatments"] == ["glutathione", "il_injection"]


def test_none_named_is_asked_for_both(talk: Conversation) -> None:
    assert talk.say("compare_treatments").record["kind"] == "ask_treatment"
    one = talk.press('/inform{"treatment":"il_injection"}')
    assert one.record["kind"] == "ask_treatment"
    reply = talk.press('/inform{"treatment":"glutathione"}')
    assert reply.record["treatments"] == ["il_injection", "glutathione"]


def test_after_a_comparison_the_treatment_is_asked_for(talk: Conversation) -> None:
    talk.say("compare_treatments", treatment=("il_injection", "glutathione"))
    assert talk.say("ask_pain").record["kind"] == "ask_treatment"
