"""Every treatment, topic and language: answered from the documents, or said to be not stated."""

from __future__ import annotations

import re

import pytest

from knowledge import render
from knowledge.loader import shared
from knowledge.model import KnowledgeBase
from tests.actions.conftest import Conversation

KB = shared()
QUESTIONS = [(treatment, topic) for treatment in KB.treatments for topic in KB.topics]
# Numbers of the documents, in Western and in Bengali digits.
NUMBERS = {
    ("il_injection", "session_duration"): ("10–30", "১০–৩০"),
    ("glutathione", "session_duration"): ("15–30", "১৫–৩০"),
    ("glutathione", "session_count"): ("6–10", "৬–১০"),
    ("glutathione", "session_interval"): ("1–2", "১–২"),
    ("ct_guided_infiltration", "session_duration"): ("15–20", "১৫–২০"),
    ("ct_guided_infiltration", "recovery_time"): ("24–48", "২৪–৪৮"),
}
NOT_STATED = [
    ("intrathecal_injection", "session_count"),
    ("intrathecal_injection", "session_duration"),
    ("intrathecal_injection", "side_effects"),
    ("intrathecal_injection", "contraindications"),
    ("il_injection", "contraindications"),
    ("glutathione", "side_effects"),
    ("glutathione", "pain"),
]


@pytest.mark.parametrize(("treatment", "topic"), QUESTIONS)
def test_a_question_is_answered_from_its_document(
    talk: Conversation, kb: KnowledgeBase, language: str, treatment: str, topic: str
) -> None:
    reply = talk.say(f"ask_{topic}", treatment=treatment, language=language)
    record = reply.record
    stated = kb.treatments[treatment].topics[topic].stated
    wanted = kb.languages[language].answers
    assert record["kind"] == ("answer" if stated else "not_stated")
    assert (record["treatment"], record["topic"]) == (treatment, topic)
    assert record["language"] == wanted
    assert render.sentence(kb, treatment, topic, wanted) in reply.text
    assert record["facts"] == (list(render.facts(kb, treatment, topic)) if stated else [])
    if stated:
        assert record["sources"]
        title = render.document_title(kb, record["sources"][0]["document"], wanted)
        assert title in reply.text.splitlines()[-1]


@pytest.mark.parametrize(("treatment", "topic"), QUESTIONS)
def test_facts_are_the_same_in_every_language(
    talk: Conversation, kb: KnowledgeBase, treatment: str, topic: str
) -> None:
    records = [
        talk.say(f"ask_{topic}", treatment=treatment, language=code).record for code in kb.languages
    ]
    assert len({(r["kind"], r["treatment"], r["topic"], tuple(r["facts"])) for r in records}) == 1
    assert len({tuple(source["document"] for source in r["sources"]) for r in records}) == 1


@pytest.mark.parametrize(("question", "numbers"), NUMBERS.items())
def test_numbers_are_exact(
    talk: Conversation,
    language: str,
    question: tuple[str, str],
    numbers: tuple[str, str],
) -> None:
    treatment, topic = question
    reply = talk.say(f"ask_{topic}", treatment=treatment, language=language)
    written = numbers[1] if reply.record["language"] == "bn" else numbers[0]
    low, high = written.split("–")
    assert re.search(rf"(?<!\d){low}\s?(–|-|à|至|到|থেকে)\s?{high}(?!\d)", reply.text)


@pytest.mark.parametrize(("treatment", "topic"), NOT_STATED)
def test_what_the_documents_leave_out_is_said_to_be_left_out(
    talk: Conversation, language: str, treatment: str, topic: str
) -> None:
    reply = talk.say(f"ask_{topic}", treatment=treatment, language=language)
    assert reply.record["kind"] == "not_stated"
    assert "/talk_to_human" in reply.payloads


@pytest.mark.parametrize(("treatment", "topic"), QUESTIONS)
def test_next_questions_are_stated_and_not_just_asked(
    talk: Conversation, kb: KnowledgeBase, treatment: str, topic: str
) -> None:
    reply = talk.say(f"ask_{topic}", treatment=treatment)
    assert 1 <= len(reply.buttons) <= 3
    assert len(set(reply.payloads)) == len(reply.payloads)
    for payload in reply.payloads:
        if payload == "/talk_to_human":
            continue
        asked, _, rest = payload.removeprefix("/ask_").partition("{")
        assert rest == f'"treatment":"{treatment}"}}'
        assert asked != topic
        assert kb.treatments[treatment].topics[asked].stated


def test_every_offered_next_question_is_answered(talk: Conversation, kb: KnowledgeBase) -> None:
    for treatment in kb.treatments:
        reply = talk.say("ask_definition", treatment=treatment)
        for payload in reply.payloads:
            followed = talk.press(payload)
            assert followed.record["kind"] == "answer"
            assert followed.record["treatment"] == treatment


def test_a_treatment_that_does_not_exist_is_asked_for(talk: Conversation) -> None:
    reply = talk.say("ask_pain", treatment="removed_long_ago")
    assert reply.record["kind"] == "ask_treatment"
