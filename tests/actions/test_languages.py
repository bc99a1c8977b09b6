"""Which language a reply is in, how it changes, and languages that are not ours."""

from __future__ import annotations

from typing import Any

import pytest

from actions.turn import read_turn
from knowledge import render
from knowledge.model import KnowledgeBase
from tests.actions.conftest import Conversation


def wish(code: str) -> tuple[dict[str, Any], ...]:
    return ({"entity": "language", "value": code, "role": "requested"},)


def test_romanised_bengali_is_answered_in_bengali_script(talk: Conversation) -> None:
    assert talk.say("greet", language="bn-Latn").record["language"] == "bn"


def test_latin_letters_on_request(talk: Conversation, kb: KnowledgeBase) -> None:
    reply = talk.say("change_language", language="bn-Latn", entities=wish("bn-Latn"))
    assert reply.record["kind"] == "language"
    assert reply.record["language"] == "bn-Latn"
    followed = talk.say("ask_session_count", treatment="glutathione", language="bn-Latn")
    assert followed.record["language"] == "bn-Latn"
    assert not any("\u0980" <= letter <= "\u09ff" for letter in followed.text)


@pytest.mark.parametrize("code", ["bn", "fr", "zh", "en"])
def test_a_wish_changes_the_language_and_sticks(
    talk: Conversation, kb: KnowledgeBase, code: str
) -> None:
    reply = talk.say("change_language", entities=wish(code))
    assert reply.record["kind"] == "language"
    assert reply.text == render.phrase(kb, code, "answer.language.changed")
    followed = talk.say("ask_session_count", treatment="glutathione")
    assert followed.record["language"] == code
    back = talk.say("change_language", entities=wish("en"))
    assert back.record["language"] == "en"


def test_a_button_changes_the_language_and_sticks(talk: Conversation) -> None:
    menu = talk.say("change_language")
    assert menu.record["kind"] == "language"
    assert menu.payloads == [
        f'/change_language{{"language":"{code}"}}' for code in ("en", "bn", "fr", "zh")
    ]
    talk.press(menu.payloads[2])
    assert talk.slots["language_requested"] == "fr"
    assert talk.say("greet").record["language"] == "fr"
    assert talk.press('/ask_pain{"treatment":"glutathione"}').record["language"] == "fr"


def test_the_last_answer_is_given_again_in_the_new_language(
    talk: Conversation, kb: KnowledgeBase
) -> None:
    talk.say("ask_session_count", treatment="glutathione")
    reply = talk.say("change_language", entities=wish("fr"))
    assert reply.record["kind"] == "language"
    assert render.sentence(kb, "glutathione", "session_count", "fr") in reply.text
    assert reply.record["treatment"] == "glutathione"
    assert talk.say("inform", treatment="il_injection").record["topic"] == "session_count"


def test_a_question_beside_the_wish_is_answered_in_the_new_language(talk: Conversation) -> None:
    reply = talk.say(
        "change_language",
        treatment="glutathione",
        entities=wish("fr"),
        topics=["change_language", "ask_session_count"],
    )
    assert reply.record["kind"] == "answer"
    assert reply.record["language"] == "fr"


def test_the_channel_s_menu_wins_once_and_a_later_wish_over_it(talk: Conversation) -> None:
    menu = {"language": "fr"}
    assert talk.say("greet", metadata=menu).record["language"] == "fr"
    assert talk.say("greet", metadata={}).record["language"] == "fr"
    assert talk.say("greet", metadata={"language": "bn"}).record["language"] == "bn"
    bn = {"language": "bn"}
    asked = talk.say("change_language", entities=wish("en"), metadata=bn)
    assert asked.record["language"] == "en"
    assert talk.say("greet", metadata=bn).record["language"] == "en"


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ({"page_language": "fr", "country": "BD"}, "fr"),
        ({"page_language": "xx", "country": "BD"}, "bn"),
        ({"country": "CN"}, "zh"),
        ({"country": "BR"}, "en"),
        ({}, "en"),
    ],
)
def test_a_button_in_an_undecided_conversation(
    talk: Conversation, metadata: dict[str, str], code: str
) -> None:
    reply = talk.say("greet", text="/greet", metadata=metadata)
    assert reply.record["language"] == code


@pytest.mark.parametrize("intent", ["ask_pain", "out_of_scope", "greet", "nlu_fallback"])
def test_an_unsupported_language_gets_one_reply_in_ours(
    talk: Conversation, kb: KnowledgeBase, intent: str
) -> None:
    reply = talk.say(intent, treatment="glutathione", unsupported="de")
    assert reply.record["kind"] == "unsupported_language"
    assert reply.record["facts"] == []
    for code in ("en", "bn", "fr", "zh"):
        assert render.phrase(kb, code, "answer.language.unsupported") in reply.text
    assert len(reply.buttons) == 4


def test_danger_in_an_unsupported_language_is_danger(talk: Conversation) -> None:
    by_rule = talk.say("nlu_fallback", unsupported="de", red_flag="breathing")
    assert by_rule.record["kind"] == "emergency"
    by_model = talk.say("report_emergency", unsupported="de")
    assert by_model.record["kind"] == "emergency"


def test_a_wish_for_ours_in_an_unsupported_language_is_granted(talk: Conversation) -> None:
    reply = talk.say("change_language", unsupported="de", entities=wish("fr"))
    assert reply.record["kind"] == "language"


def test_a_turn_without_any_attribute_is_read(kb: KnowledgeBase) -> None:
    from rasa_sdk import Tracker

    turn = read_turn(Tracker("c", {}, {}, [], False, None, {}, None), kb)
    assert turn.intent == "nlu_fallback"
    assert turn.language == "en"
