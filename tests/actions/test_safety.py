"""Emergencies, medical advice, red-flag words in questions: what is said and what is never said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from knowledge import render
from knowledge.model import KnowledgeBase
from tests.actions.conftest import Conversation, rules


def test_danger_stops_everything(talk: Conversation, language: str) -> None:
    talk.say("ask_session_duration", treatment="glutathione", language=language)
    reply = talk.say("report_emergency", red_flag="breathing")
    assert reply.record["kind"] == "emergency"
    assert reply.record["facts"] == []
    assert reply.buttons == []
    assert "999" in reply.text
    assert "15" not in reply.text.replace("999", "")


@pytest.mark.parametrize("intent", sorted(rules()))
def test_a_red_flag_wins_over_every_intent(talk: Conversation, intent: str) -> None:
    reply = talk.say(intent, treatment="glutathione", red_flag="breathing", not_offered="botox")
    assert reply.record["kind"] == "emergency"
    assert "lutathione" not in reply.text


def test_an_emergency_that_only_the_classifier_sees(talk: Conversation) -> None:
    assert talk.say("report_emergency").record["kind"] == "emergency"


@pytest.mark.parametrize(
    ("country", "number"), [("FR", "112"), ("US", "911"), ("CN", "120"), (None, "999")]
)
def test_the_number_is_that_of_the_country(
    talk: Conversation, country: str | None, number: str
) -> None:
    reply = talk.say("report_emergency", red_flag="bleeding", metadata={"country": country})
    assert re.search(rf"(?<!\d){number}(?!\d)", reply.text)


def test_an_unknown_country_gets_no_wrong_number(
    talk: Conversation, kb: KnowledgeBase, language: str
) -> None:
    metadata = {"country": "XX"}
    reply = talk.say("report_emergency", red_flag="bleeding", metadata=metadata, language=language)
    code = reply.record["language"]
    assert render.phrase(kb, code, "answer.emergency.stop_no_number") in reply.text
    assert "999" not in reply.text


def test_the_clinic_s_line_is_given(talk: Conversation, kb: KnowledgeBase) -> None:
    reply = talk.say("report_emergency", red_flag="bleeding")
    assert str(kb.clinic.emergency_line) in reply.text


def test_self_harm_has_its_own_words(talk: Conversation, kb: KnowledgeBase, language: str) -> None:
    other = talk.say("report_emergency", red_flag="breathing", language=language)
    reply = talk.say("report_emergency", red_flag="self_harm", metadata={"country": "FR"})
    code = reply.record["language"]
    assert reply.record["kind"] == "emergency"
    assert reply.text.split("\n\n")[0] != other.text.split("\n\n")[0]
    assert "3114" in reply.text
    number = kb.clinic.emergency_numbers["FR"]
    assert render.phrase(kb, code, "answer.emergency.self_harm", number=number) in reply.text


def test_in_a_first_message_help_comes_before_the_disclosure(
    new_talk: Conversation, kb: KnowledgeBase, language: str
) -> None:
    reply = new_talk.say("report_emergency", red_flag="breathing", language=language)
    disclosure = render.phrase(kb, reply.record["language"], "answer.disclosure")
    assert reply.text.endswith(disclosure)
    assert reply.text.count(disclosure) == 1


def test_a_red_flag_word_in_a_question_is_answered_with_the_line(
    talk: Conversation, kb: KnowledgeBase, language: str
) -> None:
    reply = talk.say(
        "ask_side_effects",
        treatment="il_injection",
        red_flag_mentioned="chest_pain",
        language=language,
    )
    code = reply.record["language"]
    assert reply.record["kind"] == "answer"
    assert reply.record["topic"] == "side_effects"
    assert render.phrase(kb, code, "answer.emergency.mentioned", number="999") in reply.text
    plain = talk.say("ask_side_effects", treatment="il_injection")
    assert plain.text != reply.text


def test_medical_advice_is_declined_with_a_person(talk: Conversation, language: str) -> None:
    talk.say("ask_session_duration", treatment="glutathione", language=language)
    reply = talk.say("ask_medical_advice")
    assert reply.record["kind"] == "medical_advice"
    assert not any(fact.startswith("glutathione") for fact in reply.record["facts"])
    assert "/talk_to_human" in reply.payloads
    assert talk.say("affirm").record["kind"] == "handoff"


def test_after_an_emergency_a_name_does_not_repeat_the_old_question(talk: Conversation) -> None:
    talk.say("ask_session_duration", treatment="glutathione")
    talk.say("report_emergency", red_flag="breathing")
    reply = talk.say("inform", treatment="il_injection")
    assert reply.record["topic"] == "definition"


def test_emergencies_leave_nothing_unsaid_where_the_clinic_has_no_line(
    kb: KnowledgeBase,
) -> None:
    from actions.emergency import emergency

    silent = replace(kb, clinic=replace(kb.clinic, emergency_line=None, phone=None))
    outcome = emergency(silent, "breathing", None)
    assert len(outcome.parts) == 1
    assert outcome.urgent


def test_advice_asked_beside_a_question_is_declined_too(
    talk: Conversation, kb: KnowledgeBase, language: str
) -> None:
    both = ["ask_session_duration", "ask_medical_advice"]
    reply = talk.say(both[0], treatment="glutathione", topics=both, language=language)
    code = reply.record["language"]
    assert reply.record["kind"] == "answer"
    assert render.phrase(kb, code, "answer.medical_advice") in reply.text
    alone = talk.say("ask_medical_advice", treatment="glutathione", topics=both)
    assert alone.record["kind"] == "medical_advice"
    assert alone.text.count(render.phrase(kb, code, "answer.medical_advice")) == 1
