"""A message goes in by the webhook, its answer comes out by the Graph API."""

from __future__ import annotations

from bot.channels.messaging_tables import inbox, outbox, people
from knowledge import loader
from knowledge.render import phrase
from tests.bot.channels.whatsapp import bodies
from tests.bot.channels.whatsapp.conftest import Bot


async def test_a_text_is_acknowledged_and_answered(bot: Bot) -> None:
    response = await bot.say("Does it hurt?")
    assert (response.status_code, response.content) == (200, b"")
    texts = await bot.sent(1)
    assert len(texts) == 1
    assert texts[0].startswith("1. Does it hurt?")
    body = bot.graph.accepted[0]
    assert body["to"] == "8801711000001"
    assert "recipient" not in body


async def test_the_first_answer_alone_tells_what_not_to_send(bot: Bot) -> None:
    await bot.say("Hello")
    first = (await bot.sent(1))[0]
    await bot.say("Does it hurt?")
    second = (await bot.sent(2))[1]
    assert first.startswith("1. Hello\n\n")
    assert second == "2. Does it hurt?"


async def test_the_bot_learns_where_the_message_comes_from(bot: Bot) -> None:
    await bot.say("Bonjour", sender="33612345678")
    await bot.sent(1)
    metadata = bot.agent.metadata[0]
    assert metadata["channel"] == "whatsapp"
    assert metadata["country"] == "FR"
    key = bot.rows(inbox)[0]["key"]
    assert metadata["message_id"] == key


async def test_nothing_of_a_person_stands_in_the_conversation_id(bot: Bot) -> None:
    await bot.say("Hello")
    await bot.sent(1)
    assert "1711" not in bot.agent.conversations[0]
    assert bot.agent.conversations[0].startswith("whatsapp-")


async def test_what_was_written_is_forgotten_once_it_is_answered(bot: Bot) -> None:
    await bot.say("Does it hurt?")
    await bot.sent(1)
    row = bot.rows(inbox)[0]
    assert row["content"] is None
    assert row["state"] == "done"


async def test_the_reader_sees_that_the_message_was_read_before_the_answer(bot: Bot) -> None:
    bot.graph.delay = 0.05
    await bot.post(bodies.of(bodies.text("Hello", message_id="wamid.A")))
    await bot.sent(1)
    assert bot.graph.receipts[0]["message_id"] == "wamid.A"
    assert bot.graph.receipts[0]["typing_indicator"] == {"type": "text"}
    assert bot.graph.events == ["receipt", "message"]


async def test_answers_keep_the_order_of_one_persons_messages(bot: Bot) -> None:
    bot.agent.pause = 0.01
    for number in range(5):
        await bot.say(f"question {number}")
    texts = await bot.sent(5)
    assert [text.split("\n")[0] for text in texts] == [
        f"{number + 1}. question {number}" for number in range(5)
    ]


async def test_people_are_answered_in_parallel(bot: Bot) -> None:
    bot.agent.pause = 0.2
    await bot.post(bodies.of(*(bodies.text("hi", f"88017110000{n:02}") for n in range(6))))
    await bot.sent(6)
    assert bot.agent.most_at_once > 1
    assert len(bot.rows(people)) == 6


async def test_typed_commands_are_no_commands(bot: Bot) -> None:
    await bot.say("/restart")
    await bot.sent(1)
    assert bot.agent.texts == ["restart"]


async def test_a_choice_of_ours_is_a_command(bot: Bot) -> None:
    payload = '/ask_pain{"treatment": "glutathione"}'
    bot.agent.reply = {"buttons": [{"title": "Does it hurt?", "payload": payload}]}
    await bot.say("Hello")
    await bot.sent(1)
    reply = {"type": "button_reply", "button_reply": {"id": payload, "title": "Does it hurt?"}}
    await bot.post(bodies.of(bodies.message("interactive", reply)))
    await bot.sent(2)
    assert bot.agent.texts == ["Hello", payload]


async def test_a_choice_that_we_never_offered_counts_as_typed(bot: Bot) -> None:
    reply = {"type": "button_reply", "button_reply": {"id": "/ask_pain", "title": "Pain"}}
    await bot.post(bodies.of(bodies.message("interactive", reply)))
    await bot.sent(1)
    assert bot.agent.texts == ["Pain"]


async def test_more_than_ten_choices_are_numbered_and_a_typed_number_is_understood(
    bot: Bot,
) -> None:
    choices = [{"title": f"Choice {n}", "payload": f"/choice_{'x' * n}"} for n in range(1, 13)]
    bot.agent.reply = {"buttons": choices}
    await bot.say("Hello")
    text = (await bot.sent(1))[0]
    assert "12. Choice 12" in text
    await bot.say("১২")
    await bot.sent(2)
    assert bot.agent.texts[1] == choices[11]["payload"]
    bot.agent.reply = {}
    await bot.say("13")
    await bot.sent(3)
    assert bot.agent.texts[2] == "13"


async def test_a_turn_that_fails_is_still_answered(bot: Bot) -> None:
    bot.agent.failures = 1
    await bot.say("Hello")
    texts = await bot.sent(1)
    assert len(texts) == 1
    assert texts[0].startswith(phrase(loader.shared(), "bn", "answer.service_down"))
    assert bot.rows(outbox)[0]["state"] == "sent"
