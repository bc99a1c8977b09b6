"""What staff use: the check of the settings, figures, notices, erasing one person."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import whatsapp
from bot.channels import messaging_purge
from bot.channels.messaging_tables import counts, inbox, notices, outbox, people
from bot.database import now
from bot.privacy import Privacy
from bot.settings import Settings
from bot.whatsapp_check import check
from tests.bot.channels.whatsapp import bodies
from tests.bot.channels.whatsapp.conftest import Bot
from tests.bot.channels.whatsapp.graph import Fault, StandInGraph
from tests.bot.channels.whatsapp.nursery import environment_of


async def report(settings: Settings) -> dict[str, bool]:
    return {finding.text: finding.good for finding in await check(settings)}


def wrong(found: dict[str, bool]) -> str:
    (text,) = [text for text, good in found.items() if not good]
    return text


async def test_good_settings_are_found_good(bot: Bot) -> None:
    bot.graph.account["display_phone_number"] = "+880 1000-000000"
    bot.graph.account["webhook_configuration"] = {"application": f"{bot.url}/webhooks/whatsapp"}
    found = await report(bot.settings)
    assert list(found.values()) == [True, True, True]
    assert "Clinic (+880 1000-000000)" in next(iter(found))
    assert bot.rows(inbox) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"whatsapp_access_token": "old"}, "WHATSAPP_ACCESS_TOKEN is refused"),
        ({"whatsapp_app_secret": "other"}, "WHATSAPP_APP_SECRET is not the secret of the app"),
        ({"whatsapp_phone_number_id": "1"}, "WHATSAPP_PHONE_NUMBER_ID is not a number"),
        ({"whatsapp_api_url": "http://127.0.0.1:1"}, "cannot be reached"),
        ({"whatsapp_verify_token": "other"}, "WHATSAPP_VERIFY_TOKEN differs"),
        ({"public_url": "http://127.0.0.1:1"}, "cannot be reached"),
        ({"public_url": ""}, "PUBLIC_URL is not set"),
        ({"whatsapp_app_secret": ""}, "WHATSAPP_APP_SECRET is not set"),
    ],
)
async def test_each_mistake_is_named(bot: Bot, changes: dict[str, str], words: str) -> None:
    found = await report(replace(bot.settings, **changes))
    assert any(words in text and not good for text, good in found.items()), found


async def test_another_address_at_meta_is_named(bot: Bot) -> None:
    bot.graph.account["webhook_configuration"] = {"application": "https://old.example/hook"}
    assert "Meta calls https://old.example/hook, not" in wrong(await report(bot.settings))


async def test_a_bot_without_the_settings_is_named(bot: Bot, graph: StandInGraph) -> None:
    text = wrong(await report(replace(bot.settings, public_url=f"{graph.url}/elsewhere")))
    assert "the bot there has no WhatsApp settings" in text


async def test_half_of_twilios_settings_are_named(bot: Bot) -> None:
    found = await report(replace(bot.settings, twilio_from="+1", public_url=bot.url))
    assert "Twilio: not set: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN" in wrong(found)


async def test_figures(bot: Bot) -> None:
    request = bodies.signed(bodies.of(bodies.text("Hello")))
    for _ in range(3):
        await bot.client.post("/webhooks/whatsapp", **request)
    await bot.sent(1)
    page = await bot.client.get("/webhooks/whatsapp/metrics")
    assert page.status_code == 200
    for line in (
        'polyclinic_messages_total{channel="whatsapp",event="received"} 3',
        'polyclinic_messages_total{channel="whatsapp",event="duplicates"} 2',
        'polyclinic_messages_total{channel="whatsapp",event="processed"} 1',
        'polyclinic_messages_total{channel="whatsapp",event="failed"} 0',
        'polyclinic_queue_age_seconds{queue="inbox"} 0.0',
        "polyclinic_open_notices 0",
    ):
        assert line in page.text.splitlines()


async def test_the_figures_are_not_for_the_world(bot: Bot) -> None:
    for header in ("X-Forwarded-For", "Forwarded"):
        page = await bot.client.get("/webhooks/whatsapp/metrics", headers={header: "1.2.3.4"})
        assert page.status_code == 404


async def test_the_commands(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment_of(bot.settings).items():
        monkeypatch.setenv(name, value)

    async def run(*argv: str) -> tuple[int, str]:
        loop = asyncio.get_running_loop()
        code = await loop.run_in_executor(None, whatsapp.main, list(argv))
        output = capsys.readouterr()
        return code, output.out + output.err

    bot.graph.faults.extend([Fault(400, 131047), Fault(401, 190)])
    await bot.say("Hello")
    await bot.settled()
    await bot.say("Hello", sender="8801811000002")
    await bot.settled()
    code, printed = await run("status")
    assert code == 0
    assert json.loads(printed)["channels"]["whatsapp"]["not_sent"] == 2
    code, printed = await run("notices")
    assert code == 1
    first, second = printed.splitlines()
    assert "call_back (131047)" in first
    assert "account (190)  the account" in second
    assert await run("resolve", first.split()[0]) == (0, "Notice 1 is resolved.\n")
    assert (await run("resolve", "1"))[0] == 1
    assert await run("retry") == (0, "1 messages will be sent again.\n")
    await bot.sent(1)
    code, printed = await run("check")
    assert code == 0, printed
    assert printed.startswith("ok")
    for argv in ((), ("nonsense",), ("resolve",), ("resolve", "x"), ("check", "more")):
        assert (await run(*argv))[0] == 2


async def test_one_person_can_be_erased(bot: Bot) -> None:
    for name in ("text", "voice"):
        await bot.post(bodies.recorded(name))
    await bot.say("Hello", sender="8801811000002")
    await bot.sent(3)
    engine = bot.app.ctx.messaging._store.engine
    erased = Privacy.of(bot.settings, engine).erase("+880 1711-000001", "test")
    assert (erased["messaging_people"], erased["messaging_outbox"]) == (1, 2)
    left = [row["wa_id"] for row in bot.rows(people)]
    assert left == ["8801811000002"]
    assert len(bot.rows(outbox)) == 1
    everything = b"".join(file.read_bytes() for file in bot.settings.var_dir.glob("polyclinic.db*"))
    assert b"8801711000001" not in everything


async def test_no_phone_number_stands_in_logs_or_finished_rows(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "bot")
    bot.graph.faults.append(Fault(400, 131026))
    await bot.say("Call me: 8801711000001")
    await bot.settled()
    assert "1711000001" not in caplog.text
    rows = [{k: v for k, v in row.items() if k != "recipient"} for row in bot.rows(outbox)]
    text = json.dumps([rows[0]["uid"], rows[0]["turn_id"]]) + str(bot.rows(inbox))
    assert "1711000001" not in text


async def test_old_keys_replies_and_people_are_forgotten(bot: Bot) -> None:
    await bot.say("Hello")
    await bot.say("STOP", sender="8801811000002")
    await bot.sent(2)
    store = bot.app.ctx.messaging._store

    def age(connection: sa.engine.Connection, days: float) -> None:
        then = now() - timedelta(days=days)
        connection.execute(sa.update(inbox).values(received_at=then))
        connection.execute(sa.update(outbox).values(created_at=then))
        connection.execute(sa.update(people).values(last_received_at=then))
        connection.execute(sa.update(notices).values(at=then))

    kept = timedelta(days=180)
    store.now(age, 8.5)  # a webhook may still be repeated
    store.now(messaging_purge.purge, kept)
    assert len(bot.rows(inbox)) == 2
    store.now(age, 9.5)
    store.now(messaging_purge.purge, kept)
    assert (bot.rows(inbox), bot.rows(outbox)) == ([], [])
    assert len(bot.rows(people)) == 2
    store.now(age, 181)
    store.now(messaging_purge.purge, kept)
    assert [row["opted_out"] for row in bot.rows(people)] == [True]
    assert bot.rows(counts)


def test_the_tables_and_the_migration_agree(tmp_path: Path) -> None:
    """What 0003 makes is what the code names, column for column."""
    from bot.database import connect, upgrade

    engine = connect(Settings(var_dir=tmp_path))
    upgrade(engine)
    found = sa.MetaData()
    found.reflect(engine)
    engine.dispose()
    for table in (people, inbox, outbox, notices, counts):
        made = found.tables[table.name]
        assert {c.name: c.nullable for c in made.columns} == {
            c.name: c.nullable for c in table.columns
        }
        assert {i.name for i in made.indexes} == {i.name for i in table.indexes}
