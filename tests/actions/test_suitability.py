"""Conditions and the documents' rules: plain, sourced, never a bare yes."""

from __future__ import annotations

import pytest

from knowledge import render
from knowledge.model import KnowledgeBase, Ruling
from tests.actions.conftest import Conversation

NOT_SUITABLE, CLEARANCE, SUITABLE = Ruling.NOT_SUITABLE, Ruling.NEEDS_CLEARANCE, Ruling.SUITABLE
RULES = [
    ("glutathione", "pregnancy", NOT_SUITABLE),
    ("glutathione", "breastfeeding", NOT_SUITABLE),
    ("glutathione", "allergy", NOT_SUITABLE),
    ("glutathione", "liver_disease", CLEARANCE),
    ("glutathione", "kidney_disease", CLEARANCE),
    ("glutathione", "metabolic_disorder", CLEARANCE),
    ("glutathione", "diabetes", CLEARANCE),
    ("glutathione", "melasma", SUITABLE),
    ("ct_guided_infiltration", "infection", NOT_SUITABLE),
    ("ct_guided_infiltration", "bleeding_disorder", NOT_SUITABLE),
    ("ct_guided_infiltration", "anticoagulants", NOT_SUITABLE),
    ("ct_guided_infiltration", "contrast_allergy", NOT_SUITABLE),
    ("ct_guided_infiltration", "allergy", NOT_SUITABLE),
    ("ct_guided_infiltration", "sciatica", SUITABLE),
    ("ct_guided_infiltration", "herniated_disc", SUITABLE),
    ("il_injection", "keloid", SUITABLE),
    ("il_injection", "hypertrophic_scar", SUITABLE),
    ("intrathecal_injection", "multiple_sclerosis", SUITABLE),
    ("intrathecal_injection", "cerebral_palsy", SUITABLE),
    ("intrathecal_injection", "spasticity", SUITABLE),
]
UNMENTIONED = [
    ("il_injection", "pregnancy"),
    ("il_injection", "diabetes"),
    ("glutathione", "multiple_sclerosis"),
    ("intrathecal_injection", "pregnancy"),
    ("ct_guided_infiltration", "pregnancy"),
]


@pytest.mark.parametrize(("treatment", "condition", "ruling"), RULES)
def test_a_listed_rule_is_said_with_its_source(
    talk: Conversation,
    kb: KnowledgeBase,
    language: str,
    treatment: str,
    condition: str,
    ruling: Ruling,
) -> None:
    reply = talk.say(
        "check_suitability", treatment=treatment, condition=condition, language=language
    )
    code = reply.record["language"]
    assert reply.record["kind"] == "suitability"
    assert reply.record["treatment"] == treatment
    (fact,) = reply.record["facts"]
    rule = fact.removeprefix(f"{treatment}.conditions.")
    assert kb.treatments[treatment].conditions[rule].ruling is ruling
    first = reply.text.split("\n\n")[0]
    assert render.condition_name(kb, condition, code).casefold() in first.casefold()
    assert render.rule_text(kb, treatment, rule, code) in first
    assert render.phrase(kb, code, "answer.suitability.clinician") in reply.text
    assert len(reply.record["sources"]) == 1
    assert "/talk_to_human" in reply.payloads


def test_the_rulings_read_differently(kb: KnowledgeBase, language: str) -> None:
    names = (*(ruling.value for ruling in Ruling), "not_mentioned")
    values = {"condition": "1", "treatment": "2", "rule": "3"}
    said = {render.phrase(kb, language, f"answer.suitability.{n}", **values) for n in names}
    assert len(said) == len(names)


@pytest.mark.parametrize(("treatment", "condition"), UNMENTIONED)
def test_a_condition_that_is_not_mentioned_is_said_to_be_so(
    talk: Conversation, kb: KnowledgeBase, language: str, treatment: str, condition: str
) -> None:
    reply = talk.say(
        "check_suitability", treatment=treatment, condition=condition, language=language
    )
    assert reply.record["kind"] == "suitability"
    assert reply.record["facts"] == []
    code = reply.record["language"]
    name = render.condition_name(kb, condition, code)
    expected = render.phrase(
        kb,
        code,
        "answer.suitability.not_mentioned",
        condition=name,
        treatment=render.name(kb, treatment, code),
    )
    assert expected.casefold() in reply.text.casefold()


def test_several_conditions_gravest_first(talk: Conversation) -> None:
    reply = talk.say(
        "check_suitability",
        treatment="glutathione",
        condition=("melasma", "spasticity", "liver_disease", "pregnancy"),
    )
    order = ("pregnan", "liver", "spasticity", "melasma")
    places = [reply.text.casefold().index(word) for word in order]
    assert places == sorted(places)


def test_no_treatment_keeps_the_condition_waiting(talk: Conversation) -> None:
    asked = talk.say("check_suitability", condition="pregnancy")
    assert asked.record["kind"] == "ask_treatment"
    reply = talk.press('/inform{"treatment":"glutathione"}')
    assert reply.record["facts"] == ["glutathione.conditions.pregnancy"]


def test_the_condition_goes_along_to_another_treatment(talk: Conversation) -> None:
    talk.say("check_suitability", treatment="glutathione", condition="pregnancy")
    for intent in ("inform", "check_suitability"):
        reply = talk.say(intent, treatment="il_injection")
        assert reply.record["kind"] == "suitability"
        assert "regnan" in reply.text
        assert reply.record["facts"] == []


def test_another_condition_replaces_the_first(talk: Conversation) -> None:
    talk.say("check_suitability", treatment="glutathione", condition="pregnancy")
    reply = talk.say("inform", condition="kidney_disease")
    assert reply.record["facts"] == ["glutathione.conditions.kidney_disease"]


def test_an_unknown_condition_gets_the_general_rules_and_a_clinician(
    talk: Conversation, language: str
) -> None:
    reply = talk.say("check_suitability", treatment="glutathione", language=language)
    assert reply.record["kind"] == "suitability"
    assert "glutathione.contraindications" in reply.record["facts"]
    assert "glutathione.suitability" in reply.record["facts"]
    assert "/talk_to_human" in reply.payloads


@pytest.mark.parametrize("intent", ["ask_safety", "ask_suitability", "ask_contraindications"])
def test_a_general_question_with_a_condition_is_about_it(talk: Conversation, intent: str) -> None:
    reply = talk.say(intent, treatment="glutathione", condition="pregnancy")
    assert reply.record["facts"] == ["glutathione.conditions.pregnancy"]


def test_a_condition_and_another_question_at_once(talk: Conversation) -> None:
    reply = talk.say(
        "check_suitability",
        treatment="glutathione",
        condition="breastfeeding",
        topics=["check_suitability", "ask_session_count"],
    )
    assert reply.record["kind"] == "suitability"
    assert "glutathione.conditions.breastfeeding" in reply.record["facts"]
    assert "glutathione.session_count" in reply.record["facts"]


def test_every_rule_of_every_document_is_found(talk: Conversation, kb: KnowledgeBase) -> None:
    for treatment in kb.treatments.values():
        for condition in treatment.conditions:
            reply = talk.say("check_suitability", treatment=treatment.id, condition=condition)
            assert reply.record["facts"] == [f"{treatment.id}.conditions.{condition}"]


@pytest.mark.parametrize("intent", ["ask_aftercare", "ask_preparation", "ask_conditions_treated"])
def test_another_condition_goes_on_with_the_check(talk: Conversation, intent: str) -> None:
    assert talk.say(intent, treatment="glutathione", condition="melasma").record["kind"] == "answer"
    talk.say("check_suitability", condition="pregnancy")
    reply = talk.say(intent, condition="breastfeeding")
    assert reply.record["facts"] == ["glutathione.conditions.breastfeeding"]
    assert talk.say(intent).record["kind"] == "answer"
