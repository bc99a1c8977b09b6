"""One turn: typed slashes, payloads, and what stands in when the bot fails."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels.turn import Button, Reply, take_turn
from knowledge.loader import shared
from knowledge.render import phrase

METADATA = {"channel": "replay", "page_language": None, "country": None, "language": None}


async def ask(handler: Any, text: str = "hello", **options: Any) -> Reply:
    metadata = {**METADATA, **options.pop("metadata", {})}
    values = {"channel": "replay", "timeout": 1.0, **options}
    return await take_turn(handler, conversation_id="c", text=text, metadata=metadata, **values)


def saying(*messages: dict[str, Any]) -> Any:
    async def handler(message: UserMessage) -> None:
        for said in messages:
            await message.output_channel.send_response("c", said)

    return handler


async def test_a_reply_carries_buttons_and_record() -> None:
    said = {
        "text": "Hi",
        "buttons": [{"title": "Pain", "payload": "/ask_pain"}],
        "custom": {"kind": "smalltalk"},
    }
    reply = await ask(saying(said))
    assert reply == Reply("Hi", (Button("Pain", "/ask_pain"),), {"kind": "smalltalk"})


async def test_two_messages_become_one() -> None:
    reply = await ask(saying({"text": "One", "custom": {"kind": "list"}}, {"text": "Two"}))
    assert reply.text == "One\n\nTwo"
    assert reply.record == {"kind": "list"}


@pytest.mark.parametrize(
    ("text", "is_payload", "said"),
    [
        ("hello", False, "hello"),
        ("/restart", False, "restart"),
        (" //restart ", False, "restart"),
        ("/ask_pain", False, "ask_pain"),
        ("/", False, "…"),
        ("", False, "…"),
        ("  ", False, "…"),
        ("/ask_pain", True, "/ask_pain"),
        ('/ask_pain{"treatment":"glutathione"}', True, '/ask_pain{"treatment":"glutathione"}'),
        ("/restart", True, "restart"),
        ("/back", True, "back"),
        ("/session_start", True, "session_start"),
        ("/ask_pain{broken", True, "ask_pain{broken"),
        ("/ask_pain{'a'}", True, "ask_pain{'a'}"),
        ("/EXTERNAL: x", True, "EXTERNAL: x"),
        ("hello", True, "hello"),
    ],
)
async def test_only_our_buttons_are_commands(text: str, is_payload: bool, said: str) -> None:
    seen: list[UserMessage] = []

    async def handler(message: UserMessage) -> None:
        seen.append(message)
        await message.output_channel.send_response("c", {"text": "ok"})

    await ask(handler, text, is_payload=is_payload)
    assert seen[0].text == said


async def test_channel_and_metadata_reach_rasa() -> None:
    seen: list[UserMessage] = []

    async def handler(message: UserMessage) -> None:
        seen.append(message)
        await message.output_channel.send_response("c", {"text": "ok"})

    await ask(handler, metadata={"country": "FR", "message_id": "m1"})
    assert seen[0].metadata["country"] == "FR"
    assert (seen[0].sender_id, seen[0].input_channel, seen[0].message_id) == ("c", "replay", "m1")


async def silent(message: UserMessage) -> None:
    """The action server is down: Rasa says nothing."""


async def failing(message: UserMessage) -> None:
    raise RuntimeError("broken")


async def slow(message: UserMessage) -> None:
    await asyncio.sleep(60)


@pytest.mark.parametrize("handler", [silent, failing, slow])
@pytest.mark.parametrize(
    ("text", "metadata", "code"),
    [
        ("how long does it take", {}, "en"),
        ("কতক্ষণ লাগে", {}, "bn"),
        ("要多久", {"page_language": "fr"}, "zh"),
        ("combien de temps", {"page_language": "fr"}, "fr"),
        ("combien de temps", {"country": "FR"}, "fr"),
        ("koto khon lage", {"page_language": "bn-Latn"}, "bn"),
        ("12?", {"page_language": "zh"}, "zh"),
        ("how long", {"language": "zh"}, "zh"),
        ("how long", {"page_language": "xx", "country": "XX"}, "en"),
    ],
)
async def test_a_failure_gets_the_fixed_phrase_and_the_contact(
    handler: Any, text: str, metadata: dict[str, str], code: str
) -> None:
    kb = shared()
    reply = await ask(handler, text, metadata=metadata, timeout=0.05)
    assert reply.record["kind"] == "fallback"
    assert reply.record["language"] == code
    assert reply.text.startswith(phrase(kb, code, "answer.service_down"))
    assert str(kb.clinic.phone) in reply.text


@pytest.mark.parametrize("handler", [silent, failing, slow])
async def test_danger_gets_the_emergency_number_even_then(handler: Any) -> None:
    kb = shared()
    text = "I cannot breathe, my throat is swelling"
    reply = await ask(handler, text, metadata={"country": "FR"}, timeout=0.05)
    assert reply.record["kind"] == "emergency"
    assert kb.clinic.emergency_numbers["FR"] in reply.text


async def test_what_was_said_before_a_failure_is_kept() -> None:
    async def handler(message: UserMessage) -> None:
        await message.output_channel.send_response("c", {"text": "ok"})
        raise RuntimeError("the tracker cannot be saved")

    assert (await ask(handler)).text == "ok"


async def test_a_failure_is_written_into_the_transcript(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, Any]] = []
    monkeypatch.setattr("bot.transcript.record_turn", lambda **values: written.append(values))
    await ask(failing, "hello", channel="web", metadata={"message_id": "m1"})
    assert [(row["turn_id"], row["record"]["kind"]) for row in written] == [("m1", "fallback")]
    await ask(saying({"text": "ok"}), channel="web", metadata={"message_id": "m2"})
    assert len(written) == 1


async def test_a_broken_transcript_does_not_cost_the_reply(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(**values: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("bot.transcript.record_turn", broken)
    reply = await ask(failing, channel="web", metadata={"message_id": "m1"})
    assert reply.record["kind"] == "fallback"
