"""What the website leaves in the transcript: verdicts, and nothing of who asked to be forgotten."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa

from bot import database, transcript
from bot.transcript_tables import conversations, feedback, messages
from tests.bot.channels.web.server import Patient, Running, code


def stored(web: Running, table: sa.Table) -> list[dict[str, Any]]:
    """All rows of a table, once what was on its way has arrived."""
    assert transcript.recorder(web.channel.settings).drain(5)
    with database.connect(web.channel.settings).connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


async def a_recorded_turn(web: Running, text: str = "hello") -> tuple[Patient, dict[str, Any]]:
    """A turn that is in the transcript: those that Rasa does not answer are put there for it."""
    web.agent.silent = True
    patient = await web.open()
    [message] = (await patient.say(text)).json()["messages"]
    return patient, message


async def test_a_verdict_reaches_the_transcript(web: Running) -> None:
    patient, message = await a_recorded_turn(web)
    said = {"message_id": message["id"], "value": "up"}
    assert (await patient.post("/chat/feedback", said)).status_code == 200
    said = {"message_id": message["id"], "value": "down", "reason": "mail me: a.b@example.org"}
    assert (await patient.post("/chat/feedback", said)).status_code == 200
    [row] = stored(web, feedback)
    assert row["turn_id"] == message["reply_to"]
    assert row["value"] == "down", "the last one counts"
    assert "example.org" not in row["reason"]
    assert [turn["turn_id"] for turn in stored(web, messages)] == [message["reply_to"]] * 2


async def test_nobody_judges_another_ones_answer(web: Running) -> None:
    _, message = await a_recorded_turn(web)
    other = await web.open()
    said = {"message_id": message["id"], "value": "up"}
    answer = await other.post("/chat/feedback", said)
    assert answer.status_code == 404
    assert code(answer) == "unknown_message"
    assert stored(web, feedback) == []


async def test_forget_me(web: Running) -> None:
    patient, message = await a_recorded_turn(web, "I have a secret illness")
    kept, _ = await a_recorded_turn(web, "somebody else")
    await patient.post("/chat/feedback", {"message_id": message["id"], "value": "up"})
    assert len(stored(web, messages)) == 4
    assert (await patient.post("/chat/forget")).json() == {"erased": True}
    assert len(stored(web, messages)) == 2
    assert len(stored(web, conversations)) == 1
    assert stored(web, feedback) == []
    assert b"secret illness" not in b"".join(
        path.read_bytes() for path in web.channel.settings.var_dir.rglob("*") if path.is_file()
    )
    assert code(await patient.say("are you there?")) == "session_expired"
    assert await patient.missed() == []
    assert (await kept.say("still here")).status_code == 200


async def test_forget_me_while_an_answer_is_on_its_way(web: Running) -> None:
    import asyncio

    web.agent.pause = 0.5
    patient = await web.open()
    turn = asyncio.create_task(patient.say("late secret"))
    await asyncio.sleep(0.2)
    started = time.monotonic()
    assert (await patient.post("/chat/forget")).status_code == 200
    assert time.monotonic() - started < 3
    await turn
    assert await patient.missed() == []
    assert stored(web, messages) == []


async def test_forgetting_what_was_never_said(web: Running) -> None:
    patient = await web.open()
    assert (await patient.post("/chat/forget")).status_code == 200
    assert (await patient.post("/chat/forget")).status_code == 200
