"""Everything that can arrive has its answer, in the person's language."""

from __future__ import annotations

import time

import pytest

from bot import transcript
from bot.channels.messaging_tables import inbox, notices, people
from bot.settings import Settings
from bot.transcript_tables import feedback, messages
from knowledge import loader
from knowledge.render import phrase
from tests.bot.channels.whatsapp import bodies
from tests.bot.channels.whatsapp.conftest import Bot
from tests.bot.channels.whatsapp.graph import text_of

STANDING = {
    "voice": "voice",
    "audio": "voice",
    "image": "image",
    "video": "video",
    "document": "document",
    "sticker": "sticker",
    "location": "location",
    "contacts": "contact",
    "unsupported": "unsupported",
    "unknown_type": "unsupported",
    "order": "unsupported",
    "flow_reply": "unsupported",
    "revoke": "deleted",
}


REACTION = {"message_id": "wamid.out0"}


def say(language: str, key: str) -> str:
    return phrase(loader.shared(), language, key)


def drain() -> None:
    """Until the transcript is stored."""
    assert transcript.recorder(Settings.from_env()).drain(5)


@pytest.mark.parametrize(("name", "key"), STANDING.items())
async def test_what_is_never_interpreted_gets_a_kind_answer_with_a_way_on(
    bot: Bot, name: str, key: str
) -> None:
    await bot.post(bodies.recorded(name))
    await bot.sent(1)
    assert bot.agent.texts == []
    body = bot.graph.accepted[0]
    assert text_of(body).startswith(say("bn", f"whatsapp.{key}"))
    ids = [button["reply"]["id"] for button in body["interactive"]["action"]["buttons"]]
    assert ids == ["/list_treatments", "/talk_to_human"]


async def test_the_answer_comes_in_the_language_of_the_conversation(bot: Bot) -> None:
    bot.agent.reply = {"custom": {"kind": "answer", "language": "zh"}}
    await bot.say("你好", sender="33612345678")
    await bot.sent(1)
    await bot.post(bodies.of(bodies.message("image", {"id": "1"}, sender="33612345678")))
    await bot.sent(2)
    assert text_of(bot.graph.accepted[1]) == say("zh", "whatsapp.image")


async def test_a_voice_message_stands_in_the_transcript(bot: Bot) -> None:
    await bot.post(bodies.recorded("voice"))
    await bot.sent(1)
    drain()
    texts = [row["text"] for row in bot.rows(messages)]
    assert texts[0] == "[voice]"
    assert texts[1] == say("bn", "whatsapp.voice")


@pytest.mark.parametrize("name", ["button_reply", "list_reply", "template_button"])
async def test_choices_that_we_did_not_offer_count_as_typed(bot: Bot, name: str) -> None:
    await bot.post(bodies.recorded(name))
    await bot.sent(1)
    typed = {"button_reply": "Our treatments", "list_reply": "Talk to a person"}
    assert bot.agent.texts == [typed.get(name, "Stop promotions")]


async def test_opening_the_chat_is_greeted(bot: Bot) -> None:
    await bot.post(bodies.recorded("welcome"))
    await bot.sent(1)
    assert bot.agent.texts == ["/greet"]


@pytest.mark.parametrize(
    "name",
    [
        "identity_changed",
        "group",
        "echo_from_phone_app",
        "other_number",
        "template_status",
        "account_error",
        "reaction",
        "reaction_removed",
        "status_read",
    ],
)
async def test_what_is_not_for_us_is_acknowledged_and_not_answered(bot: Bot, name: str) -> None:
    response = await bot.post(bodies.recorded(name))
    assert response.status_code == 200
    await bot.settled()
    assert bot.graph.accepted == []


@pytest.mark.parametrize(("emoji", "value"), [("👍🏽", "up"), ("👎", "down")])
async def test_a_thumb_is_feedback_on_the_answer_it_stands_under(
    bot: Bot, emoji: str, value: str
) -> None:
    await bot.post(bodies.recorded("voice"))
    await bot.sent(1)
    await bot.post(bodies.of(bodies.message("reaction", REACTION | {"emoji": emoji})))
    await bot.sent(2)
    key = "whatsapp.thanks" if value == "up" else "answer.feedback_negative"
    assert text_of(bot.graph.accepted[1]) == say("bn", key)
    turn = bot.rows(inbox)[0]["key"]
    drain()
    assert [(row["turn_id"], row["value"]) for row in bot.rows(feedback)] == [(turn, value)]


@pytest.mark.parametrize("emoji", ["❤️", "🙏", ""])
async def test_other_reactions_need_no_answer(bot: Bot, emoji: str) -> None:
    await bot.say("Does it hurt?")
    await bot.sent(1)
    await bot.post(bodies.of(bodies.message("reaction", REACTION | {"emoji": emoji})))
    await bot.settled()
    assert len(bot.graph.accepted) == 1
    assert bot.rows(feedback) == []


async def test_a_thumb_under_another_persons_message_is_no_feedback(bot: Bot) -> None:
    await bot.say("Does it hurt?")
    await bot.sent(1)
    reaction = {"message_id": "wamid.out0", "emoji": "👎"}
    await bot.post(bodies.of(bodies.message("reaction", reaction, sender="8801811000002")))
    await bot.settled()
    assert len(bot.graph.accepted) == 1


async def test_an_edited_question_is_answered_anew(bot: Bot) -> None:
    await bot.post(bodies.recorded("edit"))
    await bot.sent(1)
    assert bot.agent.texts == ["How long does one session take?"]


async def test_an_edit_before_the_answer_replaces_the_question(bot: Bot) -> None:
    edit = bodies.recorded("edit")["entry"][0]["changes"][0]["value"]["messages"][0]
    first = bodies.text("busy", message_id="wamid.first", sender=edit["from"])
    original = bodies.text("How lnog?", message_id="wamid.original", sender=edit["from"])
    await bot.post(bodies.of(first, original, edit))
    await bot.sent(2)
    assert bot.agent.texts == ["busy", "How long does one session take?"]


async def test_a_question_deleted_before_its_answer_gets_none(bot: Bot) -> None:
    revoke = bodies.recorded("revoke")["entry"][0]["changes"][0]["value"]["messages"][0]
    original = bodies.text("secret", message_id="wamid.original", sender=revoke["from"])
    await bot.post(bodies.of(original, revoke))
    texts = await bot.sent(1)
    assert bot.agent.texts == []
    assert texts[0].startswith(say("bn", "whatsapp.deleted"))


async def test_every_message_of_every_change_of_every_entry_is_answered(bot: Bot) -> None:
    await bot.post(bodies.recorded("batch"))
    await bot.sent(4)
    assert sorted(bot.agent.texts) == ["four", "one", "three", "two"]
    assert bot.agent.texts.index("one") < bot.agent.texts.index("two")
    assert len(bot.rows(people)) == 3


async def test_stop_and_start(bot: Bot) -> None:
    await bot.say("Stop!")
    texts = await bot.sent(1)
    assert texts[0].startswith(say("bn", "whatsapp.stopped"))
    await bot.say("Does it hurt?")
    await bot.post(bodies.recorded("voice"))
    await bot.post(bodies.of(bodies.message("image", {"id": "1"})))
    await bot.settled()
    assert len(bot.graph.accepted) == 1
    assert bot.graph.receipts == bot.graph.receipts[:1]
    await bot.say("START")
    texts = await bot.sent(2)
    assert texts[1].startswith(say("bn", "whatsapp.started"))
    await bot.say("Does it hurt?")
    assert len(await bot.sent(3)) == 3


@pytest.mark.parametrize("word", ["STOP", "stop.", "Unsubscribe", "বন্ধ করুন", "停止", "স্টপ"])
async def test_words_that_stop(bot: Bot, word: str) -> None:
    await bot.say(word)
    texts = await bot.sent(1)
    assert texts[0].startswith(say("bn", "whatsapp.stopped"))
    assert bot.rows(people)[0]["opted_out"] is True


async def test_a_question_with_the_word_stop_is_a_question(bot: Bot) -> None:
    await bot.say("Should I stop my tablets?")
    await bot.sent(1)
    assert bot.rows(people)[0]["opted_out"] is False


async def test_an_emergency_is_answered_even_after_stop(bot: Bot) -> None:
    await bot.say("STOP")
    await bot.sent(1)
    bot.agent.reply = {"custom": {"kind": "emergency", "language": "en"}}
    await bot.say("I cannot breathe")
    texts = await bot.sent(2)
    assert texts[1] == "1. I cannot breathe"


async def test_a_backlog_of_days_is_folded_into_one_apology_a_person(bot: Bot) -> None:
    old = time.time() - 3 * 3600
    first = [bodies.text(f"old {n}", at=old + n) for n in range(3)]
    await bot.post(bodies.of(*first, bodies.text("other", "8801811000002", at=old)))
    await bot.sent(2)
    await bot.post(bodies.of(bodies.text("old 4", at=old + 60)))
    await bot.settled()
    texts = bot.graph.texts()
    assert len(texts) == 2
    assert all(text.startswith(say("bn", "whatsapp.late")) for text in texts)
    assert bot.agent.texts == []
    late = [row for row in bot.rows(notices) if row["kind"] == "late"]
    assert {row["detail"] for row in late} == {"old 0 | old 1 | old 2", "other", "old 4"}
    await bot.say("Does it hurt?")
    await bot.sent(3)
    assert bot.agent.texts == ["Does it hurt?"]


async def test_an_emergency_in_the_backlog_is_told_whom_to_call(bot: Bot) -> None:
    old = time.time() - 3 * 3600
    await bot.post(bodies.of(bodies.text("I cannot breathe", at=old)))
    texts = await bot.sent(1)
    number = loader.shared().clinic.emergency_numbers["BD"]
    assert texts[0].startswith(
        phrase(loader.shared(), "bn", "answer.emergency.stop", number=number)
    )


async def test_messages_from_more_than_24_hours_ago_are_marked_for_a_call_back(bot: Bot) -> None:
    await bot.post(bodies.of(bodies.text("old", at=time.time() - 30 * 3600)))
    await bot.settled()
    assert bot.graph.accepted == []
    assert {row["kind"] for row in bot.rows(notices)} == {"late", "call_back"}


async def test_what_is_older_than_any_repetition_is_not_answered(bot: Bot) -> None:
    await bot.post(bodies.of(bodies.text("ancient", at=time.time() - 9 * 86400)))
    await bot.settled()
    assert bot.graph.accepted == []
    assert bot.rows(inbox)[0]["state"] == "ignored"
