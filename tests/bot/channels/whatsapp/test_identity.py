"""Who writes: by user id or phone number, through changes of number, never mixed up."""

from __future__ import annotations

import asyncio

from bot.channels.arrivals import Address
from bot.channels.countries import calling_codes, country_of
from bot.channels.messaging_tables import people
from tests.bot.channels.whatsapp import bodies
from tests.bot.channels.whatsapp.conftest import Bot

USER = "BD.13491208655302741918"


def message_of(name: str) -> dict:
    return bodies.recorded(name)["entry"][0]["changes"][0]["value"]["messages"][0]


async def test_without_a_phone_number_the_user_id_is_answered(bot: Bot) -> None:
    await bot.post(bodies.recorded("text_no_phone"))
    await bot.sent(1)
    body = bot.graph.accepted[0]
    assert body["recipient"] == USER
    assert "to" not in body
    row = bot.rows(people)[0]
    assert (row["user_id"], row["wa_id"]) == (USER, None)
    assert row["parent_user_id"] == "BD.ENT.11815799212886844830"
    assert row["country"] == "BD"


async def test_without_a_user_id_the_phone_number_is_answered(bot: Bot) -> None:
    await bot.post(bodies.recorded("text_no_user_id"))
    await bot.sent(1)
    assert bot.graph.accepted[0]["to"] == "8801711000001"


async def test_a_message_with_neither_is_from_the_only_contact(bot: Bot) -> None:
    await bot.post(bodies.recorded("text_contact_only"))
    await bot.sent(1)
    assert bot.graph.accepted[0]["recipient"] == USER


async def test_a_message_without_contacts_is_answered(bot: Bot) -> None:
    await bot.post(bodies.recorded("text_no_contacts"))
    await bot.sent(1)
    assert bot.graph.accepted[0]["to"] == "8801711000001"


async def test_the_conversation_goes_on_when_the_other_identifier_appears(bot: Bot) -> None:
    for name in ("text_no_user_id", "text", "text_no_phone"):
        await bot.post(bodies.recorded(name))
        await bot.settled()
    assert len(set(bot.agent.conversations)) == 1
    assert len(bot.rows(people)) == 1


async def test_a_changed_number_keeps_its_conversation(bot: Bot) -> None:
    await bot.say("before")
    await bot.post(bodies.recorded("number_changed"))
    await bot.say("after", sender="8801811000002")
    await bot.sent(2)
    assert len(set(bot.agent.conversations)) == 1
    assert bot.graph.accepted[1]["to"] == "8801811000002"


async def test_what_waits_goes_to_the_new_number(bot: Bot) -> None:
    bot.agent.pause = 0.3
    await bot.say("before")
    await bot.until(lambda: sum(bot.agent.running.values()))
    await bot.post(bodies.recorded("number_changed"))
    await bot.sent(1)
    assert bot.graph.accepted[0]["to"] == "8801711000001"  # answered where it was asked
    assert bot.rows(people)[0]["wa_id"] == "8801811000002"


async def test_a_changed_user_id_keeps_its_conversation(bot: Bot) -> None:
    await bot.post(bodies.recorded("text"))
    await bot.post(bodies.recorded("user_id_changed"))
    message = {**message_of("text_no_phone"), "from_user_id": "BD.99991208655302741918"}
    contact = {"profile": {"name": "x"}, "user_id": "BD.99991208655302741918"}
    await bot.post(bodies.body([message], [contact]))
    await bot.sent(2)
    assert len(set(bot.agent.conversations)) == 1


async def test_a_number_that_passed_to_somebody_else_starts_afresh(bot: Bot) -> None:
    await bot.post(bodies.recorded("text"))
    await bot.sent(1)
    message = {**message_of("text"), "id": "wamid.new", "from_user_id": "BD.777"}
    contact = {"wa_id": "8801711000001", "user_id": "BD.777"}
    await bot.post(bodies.body([message], [contact]))
    await bot.sent(2)
    assert len(set(bot.agent.conversations)) == 2
    by_user = {row["user_id"]: row["wa_id"] for row in bot.rows(people)}
    assert by_user == {USER: None, "BD.777": "8801711000001"}


async def test_two_people_at_once_get_their_own_answers(bot: Bot) -> None:
    bot.agent.pause = 0.02
    senders = [f"88017110{n:05}" for n in range(20)]
    await asyncio.gather(*(bot.say(f"from {sender}", sender) for sender in senders))
    await bot.sent(20)
    for body in bot.graph.accepted:
        text = body["text"]["body"] if body["type"] == "text" else ""
        assert f"from {body['to']}" in text


def test_countries_of_numbers_and_user_ids() -> None:
    numbers = {
        "8801711000001": "BD",
        "33612345678": "FR",
        "8613800138000": "CN",
        "14165550100": "CA",
        "12125550100": "US",
        "18765550100": "JM",
        "77012345678": "KZ",
        "79161234567": "RU",
        "447911123456": "GB",
        "85261234567": "HK",
        "999": None,
    }
    assert {number: country_of(Address(wa_id=number)) for number in numbers} == numbers
    assert country_of(Address(user_id="FR.123")) == "FR"
    assert country_of(Address(user_id="FR.123", wa_id="8801711000001")) == "BD"
    assert country_of(Address(user_id="x")) is None


def test_every_calling_code_is_written_as_text() -> None:
    codes = calling_codes()
    assert len(codes) > 270
    assert all(code.isdigit() and len(code) <= 7 for code in codes)
    assert all(isinstance(country, str) and len(country) == 2 for country in codes.values())
