"""Disclosure, small talk, yes and no, misunderstandings, treatments that are not ours."""

from __future__ import annotations

import pytest

from knowledge import render
from knowledge.model import KnowledgeBase
from tests.actions.conftest import Conversation, rules

SMALL_TALK = ["greet", "goodbye", "thank", "help", "bot_challenge", "affirm", "deny"]


@pytest.mark.parametrize("intent", sorted(set(rules()) - {"bot_challenge", "report_emergency"}))
def test_the_first_reply_discloses_once(
    new_talk: Conversation, kb: KnowledgeBase, intent: str
) -> None:
    disclosure = render.phrase(kb, "en", "answer.disclosure")
    first = new_talk.say(intent, treatment="glutathione")
    assert first.text.startswith(disclosure)
    assert first.text.count(disclosure) == 1
    assert disclosure not in new_talk.say(intent, treatment="glutathione").text


def test_the_disclosure_is_in_the_language_of_the_reply(
    new_talk: Conversation, kb: KnowledgeBase, language: str
) -> None:
    reply = new_talk.say("greet", language=language)
    assert reply.text.startswith(render.phrase(kb, reply.record["language"], "answer.disclosure"))


def test_asked_whether_it_is_a_machine_it_says_so_without_saying_it_twice(
    new_talk: Conversation, kb: KnowledgeBase
) -> None:
    reply = new_talk.say("bot_challenge")
    assert reply.text == render.phrase(kb, "en", "answer.smalltalk.bot_challenge")
    assert render.phrase(kb, "en", "answer.disclosure") not in new_talk.say("greet").text


@pytest.mark.parametrize("intent", SMALL_TALK)
def test_small_talk(talk: Conversation, kb: KnowledgeBase, language: str, intent: str) -> None:
    reply = talk.say(intent, language=language)
    assert reply.record["kind"] == "smalltalk"
    assert reply.record["facts"] == []
    code = reply.record["language"]
    assert reply.text == render.phrase(kb, code, f"answer.smalltalk.{intent}")


def test_thanks_in_a_conversation_offer_what_was_not_asked(talk: Conversation) -> None:
    talk.say("ask_session_count", treatment="glutathione")
    reply = talk.say("thank")
    assert reply.payloads
    assert not any("session_count" in payload for payload in reply.payloads)
    assert all("glutathione" in payload for payload in reply.payloads)


def test_the_fallback_ladder(talk: Conversation, kb: KnowledgeBase, language: str) -> None:
    ranking = [
        {"name": "nlu_fallback", "confidence": 0.4},
        {"name": "greet", "confidence": 0.3},
        {"name": "ask_pain", "confidence": 0.2},
        {"name": "ask_cost", "confidence": 0.1},
        {"name": "ask_safety", "confidence": 0.01},
    ]
    first = talk.say("nlu_fallback", intent_ranking=ranking, language=language)
    assert first.record["kind"] == "fallback"
    assert first.payloads == ["/ask_pain", "/ask_cost"]
    second = talk.say("nlu_fallback", intent_ranking=ranking)
    assert second.record["kind"] == "fallback"
    assert "/talk_to_human" in second.payloads
    assert str(kb.clinic.phone) in second.text
    assert talk.say("affirm").record["kind"] == "handoff"
    assert talk.say("nlu_fallback", intent_ranking=ranking).text == first.text


def test_nearest_topics_are_about_the_conversation_s_treatment(talk: Conversation) -> None:
    talk.say("ask_definition", treatment="glutathione")
    reply = talk.say("nlu_fallback", intent_ranking=[{"name": "ask_pain", "confidence": 0.3}])
    assert reply.payloads == ['/ask_pain{"treatment":"glutathione"}']


def test_nonsense_gets_the_treatments(talk: Conversation, kb: KnowledgeBase) -> None:
    reply = talk.say("nlu_fallback", intent_ranking=[{"name": "ask_pain", "confidence": 0.02}])
    assert len(reply.buttons) == len(kb.treatments)


@pytest.mark.parametrize("first", ["out_of_scope", "feedback_negative", "nlu_fallback"])
@pytest.mark.parametrize("second", ["out_of_scope", "feedback_negative", "nlu_fallback"])
def test_twice_in_a_row_a_person_is_offered(
    talk: Conversation, kb: KnowledgeBase, first: str, second: str
) -> None:
    assert talk.say(first).record["kind"] == "fallback"
    reply = talk.say(second)
    assert "/talk_to_human" in reply.payloads
    assert str(kb.clinic.phone) in reply.text


def test_an_answer_between_resets_the_ladder(talk: Conversation, kb: KnowledgeBase) -> None:
    talk.say("nlu_fallback")
    talk.say("ask_pain", treatment="il_injection")
    assert str(kb.clinic.phone) not in talk.say("nlu_fallback").text


@pytest.mark.parametrize(
    "intent", ["out_of_scope", "ask_pain", "ask_cost", "list_treatments", "check_suitability"]
)
def test_a_treatment_that_is_not_ours(
    talk: Conversation, kb: KnowledgeBase, language: str, intent: str
) -> None:
    talk.say("ask_session_duration", treatment="glutathione", language=language)
    reply = talk.say(intent, not_offered="Botox", condition="pregnancy")
    assert reply.record["kind"] == "fallback"
    assert reply.record["facts"] == []
    assert "Botox" in reply.text
    assert len(reply.buttons) == len(kb.treatments)


def test_after_one_that_is_not_ours_no_other_is_meant(talk: Conversation) -> None:
    talk.say("ask_session_duration", treatment="glutathione")
    talk.say("out_of_scope", not_offered="Botox")
    assert talk.say("ask_pain").record["kind"] == "ask_treatment"


def test_ours_beside_one_that_is_not(talk: Conversation, kb: KnowledgeBase) -> None:
    reply = talk.say("ask_session_duration", treatment="glutathione", not_offered="Botox")
    assert reply.record["kind"] == "answer"
    assert reply.record["treatment"] == "glutathione"
    assert render.phrase(kb, "en", "answer.not_offered_too", name="Botox") in reply.text


def test_the_list_names_every_treatment(
    talk: Conversation, kb: KnowledgeBase, language: str
) -> None:
    reply = talk.say("list_treatments", language=language)
    assert reply.record["kind"] == "list"
    for treatment in kb.treatments:
        assert render.name(kb, treatment, reply.record["language"]) in reply.text
    assert len(reply.buttons) == len(kb.treatments)


@pytest.mark.parametrize("intent", ["out_of_scope", "nlu_fallback"])
def test_what_is_not_understood_about_one_of_ours_stays_with_it(
    talk: Conversation, intent: str
) -> None:
    reply = talk.say(intent, treatment="glutathione")
    assert reply.record["kind"] == "fallback"
    assert reply.record["treatment"] == "glutathione"
    assert reply.payloads
    assert all('"glutathione"' in payload for payload in reply.payloads)
