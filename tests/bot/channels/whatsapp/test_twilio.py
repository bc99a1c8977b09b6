"""The second route: Twilio's requests are checked, answered once, and kept to its limits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.channels import outcomes
from bot.channels.messaging_tables import counts, inbox, notices, outbox
from knowledge import loader
from knowledge.render import phrase
from tests.bot.channels.whatsapp import twilio
from tests.bot.channels.whatsapp.conftest import Bot, Start
from tests.bot.channels.whatsapp.twilio import StandInTwilio, recorded, signed

PATH = "/webhooks/twilio"


@pytest_asyncio.fixture
async def api() -> AsyncIterator[StandInTwilio]:
    stand_in = StandInTwilio()
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest_asyncio.fixture
async def bot(start: Start, api: StandInTwilio) -> Bot:
    return await start(
        twilio_account_sid=twilio.ACCOUNT,
        twilio_auth_token=twilio.AUTH_TOKEN,
        twilio_from=twilio.FROM,
        twilio_api_url=api.url,
    )


async def post(bot: Bot, form: dict[str, str], **more: Any) -> Any:
    return await bot.client.post(PATH, **signed(f"{bot.url}{PATH}", form, **more))


async def sent(bot: Bot, api: StandInTwilio, number: int) -> list[str]:
    await bot.until(lambda: len(api.accepted) >= number)
    await bot.settled()
    return [form["Body"] for form in api.accepted]


async def test_a_message_is_acknowledged_and_answered(bot: Bot, api: StandInTwilio) -> None:
    response = await post(bot, recorded("text"))
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/xml")
    assert response.text.endswith("<Response/>")
    texts = await sent(bot, api, 1)
    assert texts[0].startswith("1. গ্লুটাথিয়ন কি ব্যথা দেয়?")
    assert api.accepted[0]["To"] == "whatsapp:+8801711000001"
    assert bot.agent.metadata[0]["channel"] == "twilio"
    assert bot.agent.conversations[0].startswith("twilio-")


async def test_a_repeated_message_is_answered_once(bot: Bot, api: StandInTwilio) -> None:
    for _ in range(4):
        assert (await post(bot, recorded("text"))).status_code == 200
    assert len(await sent(bot, api, 1)) == 1
    counted = {row["name"]: row["value"] for row in bot.rows(counts)}
    assert counted["duplicates"] == 3


async def test_forged_requests_are_refused(bot: Bot, api: StandInTwilio) -> None:
    url = f"{bot.url}{PATH}"
    good = signed(url, recorded("text"))
    headers = good["headers"]
    unsigned = {k: v for k, v in headers.items() if not k.startswith("X-")}
    forged = [
        {"content": good["content"], "headers": unsigned},
        signed(url, recorded("text"), "another token"),
        signed(f"{url}/", recorded("text")),
        signed("https://elsewhere.example/webhooks/twilio", recorded("text")),
        {"content": good["content"] + b"&Body=other", "headers": headers},
        {"content": good["content"].replace(b"SM0001", b"SM0002"), "headers": headers},
        {"content": good["content"][:-10], "headers": headers},
        {"content": b"\xff\xfe=%ff", "headers": headers},
        {"content": b"", "headers": headers},
    ]
    for request in forged:
        response = await bot.client.post(PATH, **request)
        assert response.status_code == 401
    response = await bot.client.post(f"{PATH}?x=1", **good)
    assert response.status_code == 401
    assert bot.rows(inbox) == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("voice", "voice"),
        ("image", "image"),
        ("document", "document"),
        ("location", "location"),
        ("empty", "unsupported"),
    ],
)
async def test_messages_without_text_get_their_answer(
    bot: Bot, api: StandInTwilio, name: str, key: str
) -> None:
    assert (await post(bot, recorded(name))).status_code == 200
    texts = await sent(bot, api, 1)
    kb = loader.shared()
    assert texts[0].startswith(phrase(kb, "bn", f"whatsapp.{key}"))
    assert phrase(kb, "bn", "buttons.talk_to_human") in texts[0]  # as a numbered choice


async def test_a_typed_number_chooses(bot: Bot, api: StandInTwilio) -> None:
    bot.agent.reply = {"buttons": [{"title": "Pain", "payload": "/ask_pain"}]}
    await post(bot, recorded("text"))
    await sent(bot, api, 1)
    await post(bot, recorded("text", MessageSid="SM2", Body="1"))
    await sent(bot, api, 2)
    assert bot.agent.texts[1] == "/ask_pain"


async def test_long_answers_are_split_in_order(bot: Bot, api: StandInTwilio) -> None:
    buttons = [{"title": "Pain", "payload": "/ask_pain"}]
    words = " ".join(f"Sentence {n} ends." for n in range(300))
    bot.agent.reply = {"text": words, "buttons": buttons}
    await post(bot, recorded("text"))
    await bot.until(lambda: len(api.accepted) >= 4)
    texts = await sent(bot, api, 4)
    assert all(len(text) <= 1600 for text in texts)
    assert " ".join(texts).startswith(words)
    assert "Pain" in texts[-1]
    assert all(text.endswith("ends.") for text in texts[:-1])


async def test_errors_are_judged(
    bot: Bot, api: StandInTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = outcomes.Outcome.wait
    monkeypatch.setattr(outcomes.Outcome, "wait", lambda self, n: wait(self, n) / 100)
    api.faults.extend([(429, 20429), (503, None), (400, 63018)])
    await post(bot, recorded("text"))
    await sent(bot, api, 1)
    for number, (fault, kind) in enumerate(
        [((400, 63016), "call_back"), ((401, 20003), "account"), ((400, 21211), "not_sent")]
    ):
        api.faults.append(fault)
        await post(bot, recorded("text", MessageSid=f"SM9{number}"))
        await bot.settled()
        assert bot.rows(notices)[-1]["kind"] == kind
    assert len(api.accepted) == 1


async def test_statuses_are_kept_and_settle_a_lost_answer(bot: Bot, api: StandInTwilio) -> None:
    api.statuses = ("queued", "delivered", "sent", "read")
    api.drop_next = True
    await post(bot, recorded("text"))
    await sent(bot, api, 1)
    await bot.until(lambda: bot.rows(outbox)[0]["status"] == "read")
    assert len(api.accepted) == 1
    (row,) = bot.rows(outbox)
    assert (row["state"], row["message_id"]) == ("sent", "SMout0")


async def test_a_forged_status_changes_nothing(bot: Bot, api: StandInTwilio) -> None:
    await post(bot, recorded("text"))
    await sent(bot, api, 1)
    form = {"MessageSid": "SMout0", "MessageStatus": "failed", "ErrorCode": "63016"}
    response = await bot.client.post(f"{PATH}/status?uid=x", data=form)
    assert response.status_code == 401
    assert bot.rows(outbox)[0]["state"] == "sent"


async def test_the_two_routes_keep_people_apart(bot: Bot, api: StandInTwilio) -> None:
    await post(bot, recorded("text"))
    await bot.say("Hello", sender="8801711000001")
    await sent(bot, api, 1)
    assert len(await bot.sent(1)) == 1
    assert len(set(bot.agent.conversations)) == 2


async def test_missing_settings_are_named(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "bot")
    bot = await start(twilio_auth_token="x", twilio_from="+1", public_url="")
    assert "Twilio is closed: these settings are missing: TWILIO_ACCOUNT_SID, PUBLIC_URL" in (
        caplog.text
    )
    assert (await post(bot, recorded("text"))).status_code == 404
