"""Forged, unsigned, truncated and repeated requests are refused or ignored, none processed."""

from __future__ import annotations

import json

import httpx
import pytest

from bot.channels.messaging_tables import counts, inbox
from bot.serve import LARGEST_REQUEST
from tests.bot.channels.whatsapp import bodies
from tests.bot.channels.whatsapp.conftest import Bot, Start

PATH = "/webhooks/whatsapp"


def good() -> dict:
    return bodies.signed(bodies.of(bodies.text("Hello")))


def with_header(value: str | None) -> dict:
    request = good()
    headers = {"Content-Type": "application/json"}
    if value is not None:
        headers["X-Hub-Signature-256"] = value
    return {"content": request["content"], "headers": headers}


FORGED = {
    "unsigned": with_header(None),
    "empty signature": with_header(""),
    "another secret": bodies.signed(bodies.of(bodies.text("Hello")), "another secret"),
    "empty secret": bodies.signed(bodies.of(bodies.text("Hello")), ""),
    "no prefix": with_header(good()["headers"]["X-Hub-Signature-256"].removeprefix("sha256=")),
    "sha1": with_header("sha1=" + "0" * 40),
    "not ASCII": {**good(), "headers": {"X-Hub-Signature-256": "sha256=é".encode()}},
    "truncated": {**good(), "content": good()["content"][:-1]},
    "one byte more": {**good(), "content": good()["content"] + b" "},
    "one byte changed": {**good(), "content": good()["content"].replace(b"Hello", b"Hallo")},
    "written again": {
        **good(),
        "content": json.dumps(json.loads(good()["content"]), indent=1).encode(),
    },
    "upper case": with_header(good()["headers"]["X-Hub-Signature-256"].upper()),
}


NONSENSE = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"3",
    b'"x"',
    b"\xff\xfe",
    b'{"entry": 3}',
    b'{"entry": [[]]}',
    b"[" * 100_000,
    b'{"entry":' * 5000,
    b'{"entry": [{"changes": [{"field": "messages"}]}]}',
]


@pytest.mark.parametrize("request_", FORGED.values(), ids=list(FORGED))
async def test_a_forged_request_is_refused(bot: Bot, request_: dict) -> None:
    response = await bot.client.post(PATH, **request_)
    assert response.status_code == 401
    assert bot.rows(inbox) == []
    await bot.say("real")  # the same server takes a real one
    assert len(await bot.sent(1)) == 1


async def test_a_repeated_request_is_acknowledged_and_answered_once(bot: Bot) -> None:
    request = good()
    for _ in range(5):
        response = await bot.client.post(PATH, **request)
        assert response.status_code == 200
    await bot.sent(1)
    await bot.client.post(PATH, **request)
    await bot.settled()
    assert len(bot.graph.accepted) == 1
    counted = {row["name"]: row["value"] for row in bot.rows(counts)}
    assert (counted["received"], counted["duplicates"], counted["processed"]) == (6, 5, 1)


async def test_a_message_repeated_within_one_body_is_answered_once(bot: Bot) -> None:
    message = bodies.text("Hello")
    await bot.post(bodies.of(message, message, bodies.text("Second"), message))
    await bot.sent(2)
    assert bot.agent.texts == ["Hello", "Second"]


async def test_the_same_message_in_another_envelope_is_answered_once(bot: Bot) -> None:
    message = bodies.text("Hello")
    await bot.post(bodies.of(message))
    await bot.sent(1)
    await bot.post(bodies.of(bodies.text("First"), message))
    await bot.sent(2)
    assert bot.agent.texts == ["Hello", "First"]


@pytest.mark.parametrize(
    "content",
    NONSENSE,
    ids=range(len(NONSENSE)),
)
async def test_a_signed_body_that_makes_no_sense_is_acknowledged(bot: Bot, content: bytes) -> None:
    response = await bot.post(content)
    assert response.status_code == 200
    assert bot.rows(inbox) == []


async def test_the_handshake_echoes_the_challenge(bot: Bot) -> None:
    known = {
        "hub.mode": "subscribe",
        "hub.verify_token": bodies.VERIFY_TOKEN,
        "hub.challenge": "1158201444",
    }
    response = await bot.client.get(PATH, params=known)
    assert (response.status_code, response.text) == (200, "1158201444")
    for wrong in ({"hub.verify_token": "x"}, {"hub.mode": "x"}, {"hub.verify_token": ""}):
        assert (await bot.client.get(PATH, params={**known, **wrong})).status_code == 403
    assert (await bot.client.get(PATH)).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused(bot: Bot, method: str) -> None:
    assert (await bot.client.request(method, PATH)).status_code == 405


async def test_without_settings_the_channel_is_closed_and_says_so(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    bot = await start(whatsapp_app_secret="")
    assert "these settings are missing: WHATSAPP_APP_SECRET" in caplog.text
    assert "Twilio is closed: none of its settings" in caplog.text
    assert (await bot.say("Hello")).status_code == 404


async def test_a_full_body_of_a_thousand_updates_is_taken(bot: Bot) -> None:
    messages = [bodies.text(f"m{n}" + "x" * 2000, f"8801711{n:06}") for n in range(1000)]
    response = await bot.post(bodies.of(*messages))
    assert response.status_code == 200
    assert len(bot.rows(inbox)) == 1000


async def test_an_oversized_body_is_refused(bot: Bot) -> None:
    try:
        response = await bot.post(b"x" * (LARGEST_REQUEST + 1))
        assert response.status_code == 413
    except httpx.TransportError:
        pass  # the server hung up before all of it was sent
    assert bot.rows(inbox) == []
    assert (await bot.say("Hello")).status_code == 200


async def test_when_the_database_fails_the_platform_is_told_to_repeat(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = bot.app.ctx.messaging._store
    real = store._run
    failing = True

    def run(connection, job, alone):
        if failing and job.name == "receive":
            raise OSError("disk full")
        real(connection, job, alone)

    monkeypatch.setattr(store, "_run", run)
    request = good()
    assert (await bot.client.post(PATH, **request)).status_code == 500
    failing = False
    assert (await bot.client.post(PATH, **request)).status_code == 200
    assert len(await bot.sent(1)) == 1
