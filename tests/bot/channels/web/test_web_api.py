"""The chat's HTTP interface as a browser uses it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import OperationalError

from bot.settings import Settings
from tests.bot.channels.web.server import BUTTONS, Running, StandInAgent, code, running


async def test_a_message_is_answered_with_its_record_and_buttons(web: Running) -> None:
    patient = await web.open(language="en")
    number = str(uuid.uuid4())
    answer = await patient.say("how long?", number)
    assert answer.status_code == 200
    [message] = answer.json()["messages"]
    assert message["text"] == "You said: how long?"
    assert message["buttons"] == BUTTONS
    assert message["answer"]["kind"] == "answer"
    assert message["reply_to"] == number
    assert answer.headers["Cache-Control"] == "no-store"


async def test_the_bot_is_told_channel_page_and_choice(web: Running) -> None:
    patient = await web.open(language="en-GB")
    number = str(uuid.uuid4())
    await patient.say("hello", number, language="en")
    [heard] = web.agent.heard
    assert heard.input_channel == "web"
    assert heard.metadata == {
        "channel": "web",
        "page_language": "en",
        "country": None,
        "language": "en",
        "message_id": number,
        "received_at": heard.metadata["received_at"],
    }
    assert abs(heard.metadata["received_at"] - datetime.now(timezone.utc).timestamp()) < 60


async def test_the_server_names_the_conversation(web: Running) -> None:
    one, two = await web.open(), await web.open()
    await one.say("a")
    await two.say("b", conversation_id="mine", sender="mine", sender_id="mine")
    names = [message.sender_id for message in web.agent.heard]
    assert len(set(names)) == 2
    assert all(name.startswith("web-") and len(name) == 36 for name in names)


async def test_a_session_says_when_it_ends(web: Running) -> None:
    answer = await web.client.post("/chat/session")
    ends = datetime.fromisoformat(answer.json()["expires_at"])
    hours = web.channel.settings.web_session_hours
    assert abs(ends - datetime.now(timezone.utc) - timedelta(hours=hours)) < timedelta(minutes=1)


async def test_sent_twice_answered_once(web: Running) -> None:
    patient = await web.open()
    number = str(uuid.uuid4())
    first = await patient.say("hello", number)
    second = await patient.say("hello", number.upper())
    assert first.json() == second.json()
    assert len(web.agent.heard) == 1


async def test_sent_twice_while_the_first_is_in_progress(web: Running) -> None:
    web.agent.pause = 0.3
    patient = await web.open()
    number = str(uuid.uuid4())
    answers = await asyncio.gather(*(patient.say("hello", number) for _ in range(5)))
    assert len({answer.text for answer in answers}) == 1
    assert len(web.agent.heard) == 1


async def test_the_turn_goes_on_when_the_browser_is_gone(web: Running) -> None:
    web.agent.pause = 0.3
    patient = await web.open()
    number = str(uuid.uuid4())
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(patient.say("hello", number), 0.1)
    await asyncio.sleep(0.5)
    assert [message["reply_to"] for message in await patient.missed()] == [number]
    assert len(web.agent.heard) == 1


async def test_answered_once_across_a_restart(web_settings: Settings) -> None:
    number = str(uuid.uuid4())
    async with running(web_settings) as before:
        patient = await before.open()
        first = await patient.say("hello", number)
    async with running(web_settings) as after:
        patient.client = after.client
        second = await patient.say("hello", number)
        assert after.agent.heard == []
    assert first.json() == second.json()


async def test_two_patients_may_use_the_same_message_id(web: Running) -> None:
    number = str(uuid.uuid4())
    one, two = await web.open(), await web.open()
    assert (await one.say("mine", number)).json()["messages"][0]["text"] == "You said: mine"
    assert (await two.say("yours", number)).json()["messages"][0]["text"] == "You said: yours"


async def test_missed_messages_in_order_and_only_ones_own(web: Running) -> None:
    one, two = await web.open(), await web.open()
    said = [(await one.say(f"message {i}")).json()["messages"][0] for i in range(4)]
    await two.say("somebody else")
    assert await one.missed() == said
    assert await one.missed(said[1]["id"]) == said[2:]
    assert await one.missed(said[3]["id"]) == []
    assert await one.missed("no such id") == said


async def test_typed_text_is_no_command(web: Running) -> None:
    patient = await web.open()
    await patient.say("/restart")
    await patient.say('/inform{"treatment": "glutathione"}')
    assert not [message for message in web.agent.heard if message.text.startswith("/")]


async def test_only_buttons_that_were_offered(web: Running) -> None:
    payload = BUTTONS[0]["payload"]
    patient, other = await web.open(), await web.open()
    assert code(await patient.press(payload)) == "unknown_button"
    await other.say("hello")
    assert code(await patient.press(payload)) == "unknown_button"
    await patient.say("hello")
    assert (await patient.press(payload)).status_code == 200
    assert web.agent.heard[-1].text == payload
    for refused in ("/restart", "/session_start", "/back", "hello", payload + " "):
        answer = await patient.press(refused)
        assert answer.status_code == (200 if refused.strip() == payload else 400)


async def test_the_fixed_menu_needs_no_offer(web: Running) -> None:
    patient = await web.open()
    texts = (await web.client.get("/chat/strings/en")).json()
    assert len(texts["treatments"]) >= 4
    for button in (*texts["treatments"], *texts["menu"], *texts["languages"]):
        assert (await patient.press(button["payload"])).status_code == 200


async def test_a_silent_bot_still_answers(web: Running) -> None:
    web.agent.silent = True
    patient = await web.open()
    [message] = (await patient.say("hello")).json()["messages"]
    assert message["answer"]["kind"] == "fallback"
    assert web.channel.kb.clinic.phone in message["text"]


async def test_a_failing_bot_still_answers(web: Running) -> None:
    web.agent.fails = True
    patient = await web.open()
    [message] = (await patient.say("hello")).json()["messages"]
    assert message["answer"]["kind"] == "fallback"


async def test_a_slow_bot_is_not_waited_for(changed: Callable[..., Settings]) -> None:
    async with running(changed(turn_timeout_seconds=0.2), StandInAgent(pause=5)) as web:
        patient = await web.open()
        [message] = (await patient.say("hello")).json()["messages"]
        assert message["answer"]["kind"] == "fallback"


async def test_an_expired_session_is_told_apart(changed: Callable[..., Settings]) -> None:
    async with running(changed(web_session_hours=0)) as web:
        patient = await web.open()
        await asyncio.sleep(1.1)
        answer = await patient.say("hello")
        assert answer.status_code == 401
        assert code(answer) == "session_expired"


async def test_no_session_no_answer(web: Running) -> None:
    patient = await web.open()
    for headers in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {patient.token}"},
        {"Authorization": f"Bearer {patient.token}x"},
        {"Authorization": "Bearer " + patient.token.swapcase()},
    ):
        for method, path in (("POST", "messages"), ("GET", "messages"), ("POST", "forget")):
            answer = await web.client.request(method, f"/chat/{path}", headers=headers)
            assert answer.status_code == 401
            assert code(answer) in ("missing_token", "invalid_token")
    assert web.agent.heard == []


async def test_a_token_in_the_address_opens_nothing(web: Running) -> None:
    patient = await web.open()
    answer = await web.client.get("/chat/messages", params={"token": patient.token})
    assert answer.status_code == 401


async def test_a_long_message_gets_a_kind_notice_in_the_language(web: Running) -> None:
    patient = await web.open()
    longest = web.channel.settings.web_max_characters
    assert (await patient.say("x" * longest)).status_code == 200
    patient.client.headers["Accept-Language"] = "xx, en;q=0.8"
    answer = await patient.say("x" * (longest + 1))
    assert answer.status_code == 413
    assert code(answer) == "message_too_long"
    wording = web.channel.kb.phrases["en"]["web.error.message_too_long"]
    assert answer.json()["error"]["message"] == wording


async def test_a_long_message_in_four_byte_characters_fits(web: Running) -> None:
    patient = await web.open()
    longest = web.channel.settings.web_max_characters
    assert (await patient.say("\U00020000" * longest)).status_code == 200


async def test_too_fast(changed: Callable[..., Settings]) -> None:
    async with running(changed(web_rate_per_minute=3)) as web:
        patient, other = await web.open(), await web.open()
        number = str(uuid.uuid4())
        await patient.say("hello", number)
        answers = [await patient.say("hello") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
        assert code(answers[-1]) == "rate_limited"
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 20
        assert (await patient.say("hello", number)).status_code == 200, "a repeat costs nothing"
        assert (await other.say("hello")).status_code == 200


async def test_one_address_cannot_open_sessions_without_end(
    changed: Callable[..., Settings],
) -> None:
    async with running(changed(web_rate_per_minute_address=5)) as web:
        answers = [await web.client.post("/chat/session") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        forwarded = {"X-Forwarded-For": "203.0.113.9"}
        answer = await web.client.post("/chat/session", headers=forwarded)
        assert answer.status_code == 429, "nobody trusted said so"


async def test_words_are_answered_while_the_database_fails(
    web: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("disk full"))

    patient = await web.open()
    for name in ("find", "claim", "finish", "release", "is_ended", "was_offered"):
        monkeypatch.setattr(web.channel.store, name, fail)
    answer = await patient.say("hello")
    assert answer.json()["messages"][0]["text"] == "You said: hello"
    assert "The database fails" in caplog.text
    refused = await patient.press(BUTTONS[0]["payload"])
    assert (refused.status_code, code(refused)) == (503, "unavailable")
