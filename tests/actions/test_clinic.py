"""Cost, booking, hours and a person: what the clinic has filled in, or that it has not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge import render
from knowledge.model import KnowledgeBase
from tests.actions.conftest import Conversation

FIELDS = [("ask_cost", "cost"), ("ask_clinic_info", "hours"), ("ask_clinic_info", "address")]


@pytest.fixture
def clinic(monkeypatch: pytest.MonkeyPatch, kb: KnowledgeBase):
    """Sets values of clinic.yml for one test."""

    def fill(**values: object) -> None:
        filled = replace(kb, clinic=replace(kb.clinic, **values))
        monkeypatch.setattr("actions.patient_action.shared", lambda: filled)

    return fill


@pytest.mark.parametrize(("intent", "field"), FIELDS)
def test_what_is_not_filled_in_is_said_and_the_contact_given(
    talk: Conversation, kb: KnowledgeBase, clinic, language: str, intent: str, field: str
) -> None:
    clinic(**{field: None, "phone": "+880 1000-000001"})
    reply = talk.say(intent, language=language)
    code = reply.record["language"]
    assert reply.record["kind"] == "contact"
    assert render.phrase(kb, code, f"answer.clinic_unknown.{field}") in reply.text
    assert "+880 1000-000001" in reply.text


@pytest.mark.parametrize(("intent", "field"), FIELDS)
def test_what_is_filled_in_is_said(
    talk: Conversation, kb: KnowledgeBase, clinic, language: str, intent: str, field: str
) -> None:
    clinic(**{field: {code: f"value in {code}" for code in kb.languages}})
    reply = talk.say(intent, language=language)
    assert f"value in {reply.record['language']}" in reply.text
    assert f"clinic.{field}" in reply.record["facts"]
    assert reply.record["kind"] == "contact"


def test_booking_gives_the_contact(talk: Conversation, clinic, language: str) -> None:
    clinic(phone="+880 1000-000001")
    reply = talk.say("book_appointment", language=language)
    assert reply.record["kind"] == "contact"
    assert "+880 1000-000001" in reply.text


def test_a_person_can_be_reached_by_everything_filled_in(
    talk: Conversation, clinic, language: str
) -> None:
    clinic(phone="+880 1000-000001", email="desk@example.org", whatsapp="+880 1000-000002")
    reply = talk.say("talk_to_human", language=language)
    assert reply.record["kind"] == "handoff"
    for value in ("+880 1000-000001", "desk@example.org", "+880 1000-000002"):
        assert value in reply.text


def test_a_clinic_without_any_contact_says_where_to_ask(
    talk: Conversation, kb: KnowledgeBase, clinic, language: str
) -> None:
    clinic(phone=None, email=None, whatsapp=None, website=None, address=None)
    reply = talk.say("talk_to_human", language=language)
    assert render.phrase(kb, reply.record["language"], "answer.contact.none") in reply.text


def test_the_price_of_another_treatment_is_asked_again(talk: Conversation) -> None:
    talk.say("ask_cost", treatment="glutathione")
    assert talk.say("inform", treatment="il_injection").record["topic"] == "cost"
