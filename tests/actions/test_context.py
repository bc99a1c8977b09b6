"""Follow-ups, bare names, corrections, and several questions in one message."""

from __future__ import annotations

import pytest

from knowledge.model import KnowledgeBase
from tests.actions.conftest import Conversation


def about(reply_record: dict[str, object]) -> tuple[object, object, object]:
    return reply_record["kind"], reply_record["treatment"], reply_record["topic"]


def test_a_follow_up_keeps_the_treatment(talk: Conversation) -> None:
    talk.say("ask_session_duration", treatment="glutathione")
    reply = talk.say("ask_side_effects")
    assert about(reply.record) == ("not_stated", "glutathione", "side_effects")


def test_what_about_another_repeats_the_topic(talk: Conversation) -> None:
    talk.say("ask_side_effects", treatment="il_injection")
    reply = talk.say("inform", treatment="ct_guided_infiltration")
    assert about(reply.record) == ("answer", "ct_guided_infiltration", "side_effects")


def test_what_about_another_repeats_both_topics(talk: Conversation) -> None:
    both = ["ask_session_duration", "ask_recovery_time"]
    talk.say("ask_session_duration", treatment="il_injection", topics=both)
    reply = talk.say("inform", treatment="ct_guided_infiltration")
    assert reply.record["topics"] == ["session_duration", "recovery_time"]
    assert "15–20" in reply.text
    assert "24–48" in reply.text


def test_a_bare_name_answers_which_treatment(talk: Conversation, kb: KnowledgeBase) -> None:
    asked = talk.say("ask_session_count")
    assert about(asked.record) == ("ask_treatment", None, "session_count")
    assert asked.payloads == [f'/inform{{"treatment":"{name}"}}' for name in kb.treatments]
    assert asked.record["facts"] == []
    reply = talk.press('/inform{"treatment":"glutathione"}')
    assert about(reply.record) == ("answer", "glutathione", "session_count")


def test_a_bare_name_below_the_threshold_answers_which_treatment(talk: Conversation) -> None:
    talk.say("ask_contraindications")
    reply = talk.say("nlu_fallback", treatment="glutathione")
    assert about(reply.record) == ("answer", "glutathione", "contraindications")


def test_an_unclear_message_with_a_name_does_not_repeat_the_topic(talk: Conversation) -> None:
    talk.say("ask_pain", treatment="il_injection")
    ranking = [{"name": "ask_medication", "confidence": 0.3}]
    reply = talk.say("nlu_fallback", treatment="glutathione", intent_ranking=ranking)
    assert reply.record["kind"] == "fallback"
    assert reply.payloads == ['/ask_medication{"treatment":"glutathione"}']


def test_a_bare_name_alone_gets_an_overview(talk: Conversation) -> None:
    reply = talk.say("inform", treatment="glutathione")
    assert about(reply.record) == ("answer", "glutathione", "definition")
    assert len(reply.buttons) == 3


def test_a_button_of_the_list_gets_an_overview_not_the_last_topic(talk: Conversation) -> None:
    talk.say("ask_pain", treatment="il_injection")
    listed = talk.say("list_treatments")
    assert listed.record["kind"] == "list"
    reply = talk.press('/inform{"treatment":"glutathione"}')
    assert about(reply.record) == ("answer", "glutathione", "definition")


def test_another_question_drops_the_one_that_waited(talk: Conversation) -> None:
    talk.say("ask_session_count")
    talk.say("ask_pain", treatment="il_injection")
    reply = talk.say("inform", treatment="glutathione")
    assert about(reply.record) == ("not_stated", "glutathione", "pain")


def test_small_talk_leaves_the_question_waiting(talk: Conversation) -> None:
    talk.say("ask_session_count")
    talk.say("thank")
    reply = talk.say("inform", treatment="glutathione")
    assert about(reply.record) == ("answer", "glutathione", "session_count")


@pytest.mark.parametrize("intent", ["deny", "inform", "affirm"])
def test_a_correction_asks_again_about_the_right_one(talk: Conversation, intent: str) -> None:
    talk.say("ask_session_duration", treatment="il_injection")
    reply = talk.say(intent, treatment="ct_guided_infiltration")
    assert about(reply.record) == ("answer", "ct_guided_infiltration", "session_duration")
    assert "10–30" not in reply.text


def test_not_this_one_but_that_one(talk: Conversation) -> None:
    talk.say("ask_session_duration", treatment="il_injection")
    reply = talk.say("deny", treatment=("il_injection", "glutathione"))
    assert about(reply.record) == ("answer", "glutathione", "session_duration")


def test_two_questions_are_answered_in_one_message(talk: Conversation, language: str) -> None:
    both = ["ask_session_duration", "ask_session_count"]
    reply = talk.say(both[0], treatment="glutathione", topics=both, language=language)
    assert reply.record["kind"] == "answer"
    assert reply.record["topics"] == ["session_duration", "session_count"]
    assert "glutathione.session_duration" in reply.record["facts"]
    assert "glutathione.session_count" in reply.record["facts"]


def test_two_questions_wait_together_for_a_treatment(talk: Conversation) -> None:
    both = ["ask_session_duration", "ask_session_count"]
    assert talk.say(both[0], topics=both).record["kind"] == "ask_treatment"
    reply = talk.say("inform", treatment="glutathione")
    assert "15–30" in reply.text
    assert "6–10" in reply.text


def test_a_stated_and_an_unstated_question(talk: Conversation) -> None:
    both = ["ask_session_duration", "ask_side_effects"]
    reply = talk.say(both[0], treatment="glutathione", topics=both)
    assert reply.record["kind"] == "answer"
    assert reply.record["facts"][0] == "glutathione.session_duration"
    assert not any("side_effects" in fact for fact in reply.record["facts"])


def test_a_question_and_its_price(talk: Conversation) -> None:
    both = ["ask_session_count", "ask_cost"]
    reply = talk.say("ask_cost", treatment="glutathione", topics=both)
    assert reply.record["kind"] == "answer"
    assert "6–10" in reply.text
    assert "clinic.phone" in reply.record["facts"]


def test_a_question_beside_a_greeting_is_answered(talk: Conversation) -> None:
    reply = talk.say("greet", treatment="glutathione", topics=["greet", "ask_session_count"])
    assert about(reply.record) == ("answer", "glutathione", "session_count")


def test_one_question_about_two_treatments(talk: Conversation) -> None:
    reply = talk.say("ask_session_duration", treatment=("glutathione", "il_injection"))
    assert reply.record["treatments"] == ["glutathione", "il_injection"]
    assert "15–30" in reply.text
    assert "10–30" in reply.text
    assert talk.say("ask_pain").record["kind"] == "ask_treatment"


def test_what_is_not_meant_is_not_answered(talk: Conversation) -> None:
    both = ["ask_side_effects", "ask_session_count"]
    reply = talk.say(
        "ask_side_effects", treatment="glutathione", topics=both, negated=["ask_side_effects"]
    )
    assert about(reply.record) == ("answer", "glutathione", "session_count")


def test_only_something_not_meant_is_not_understood(talk: Conversation) -> None:
    ranking = [
        {"name": "ask_side_effects", "confidence": 0.6},
        {"name": "ask_safety", "confidence": 0.3},
    ]
    reply = talk.say(
        "ask_side_effects",
        treatment="glutathione",
        negated=["ask_side_effects"],
        intent_ranking=ranking,
    )
    assert reply.record["kind"] == "fallback"
    assert reply.payloads == ['/ask_safety{"treatment":"glutathione"}']


def test_a_new_topic_of_the_clinic_keeps_the_treatment(talk: Conversation) -> None:
    talk.say("ask_recovery_time", treatment="il_injection")
    assert talk.say("ask_cost").record["kind"] == "contact"
    reply = talk.say("ask_session_interval")
    assert reply.record["treatment"] == "il_injection"


def spelt(text: str, treatment: str, start: int, end: int) -> dict[str, object]:
    entity = {"entity": "treatment", "value": treatment, "start": start, "end": end}
    return {"text": text, "entities": (entity,)}


@pytest.mark.parametrize("intent", ["check_suitability", "ask_definition", "out_of_scope", "greet"])
@pytest.mark.parametrize("text", ["il injection", "il injection?", "IL-Injection!! 😀"])
def test_nothing_but_a_name_is_a_name_whatever_the_classifier_thinks(
    talk: Conversation, intent: str, text: str
) -> None:
    talk.say("ask_session_duration")
    reply = talk.say(intent, **spelt(text, "il_injection", 0, 12))
    assert about(reply.record) == ("answer", "il_injection", "session_duration")


def test_a_word_of_a_name_is_not_a_condition(talk: Conversation) -> None:
    talk.say("ask_session_duration")
    reply = talk.say(
        "inform", condition="infection", **spelt("il injection", "il_injection", 0, 12)
    )
    assert about(reply.record) == ("answer", "il_injection", "session_duration")


def test_more_than_a_name_is_what_the_classifier_thinks(talk: Conversation) -> None:
    reply = talk.say("ask_pain", **spelt("il injection pain", "il_injection", 0, 12))
    assert reply.record["topic"] == "pain"


@pytest.mark.parametrize("intent", ["nlu_fallback", "out_of_scope"])
def test_a_condition_after_another_is_checked_too(talk: Conversation, intent: str) -> None:
    talk.say("check_suitability", treatment="glutathione", condition="pregnancy")
    reply = talk.say(intent, condition="breastfeeding")
    assert reply.record["facts"] == ["glutathione.conditions.breastfeeding"]


def test_a_condition_out_of_the_blue_is_not_guessed_at(talk: Conversation) -> None:
    talk.say("ask_pain", treatment="glutathione")
    assert talk.say("out_of_scope", condition="breastfeeding").record["kind"] == "fallback"
