"""Sending through the outbox: retries, errors that need a person, statuses, cut-off requests."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels import outbox, outcomes
from bot.channels.messaging_tables import counts, inbox, notices
from bot.channels.messaging_tables import outbox as table
from bot.channels.outcomes import Verdict
from bot.channels.pacing import Pacer
from tests.bot.channels.whatsapp import bodies
from tests.bot.channels.whatsapp.conftest import Bot
from tests.bot.channels.whatsapp.graph import Fault


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits a hundredth as long."""
    wait = outcomes.Outcome.wait
    monkeypatch.setattr(outcomes.Outcome, "wait", lambda self, n: wait(self, n) / 100)


RETRIED = [(400, 4), (400, 80007), (429, 130429), (400, 131056), (500, 131000), (400, 131016)]
RETRIED += [(400, 133016), (500, 2), (503, None), (502, None), (429, None), (500, 1)]


@pytest.mark.parametrize(("status", "code"), RETRIED)
async def test_what_passes_is_tried_again(bot: Bot, status: int, code: int | None) -> None:
    bot.graph.faults.extend([Fault(status, code), Fault(status, code)])
    await bot.say("Hello")
    await bot.sent(1)
    assert len(bot.graph.refused) == 2
    assert bot.rows(table)[0]["attempts"] == 3
    assert bot.rows(notices) == []


ACCOUNT = [(401, 0), (401, 190), (403, 10), (403, 200), (403, 299), (403, 131005), (403, 368)]
ACCOUNT += [(403, 131031), (403, 130497), (402, 131042), (400, 131045), (401, None)]


@pytest.mark.parametrize(("status", "code"), ACCOUNT)
async def test_trouble_with_the_account_is_for_staff(
    bot: Bot, status: int, code: int | None
) -> None:
    bot.graph.faults.append(Fault(status, code))
    await bot.say("Hello")
    await bot.settled()
    assert len(bot.graph.refused) == 1
    assert bot.graph.accepted == []
    (notice,) = bot.rows(notices)
    assert (notice["kind"], notice["code"], notice["conversation_id"]) == ("account", code, None)
    store = bot.app.ctx.messaging._store
    assert await store.run(outbox.retry_failed) == 1  # staff put it right
    await bot.sent(1)


@pytest.mark.parametrize(
    ("code", "kind", "state"),
    [
        (131026, "not_sent", "failed"),
        (131051, "not_sent", "failed"),
        (131050, "not_sent", "failed"),
        (131047, "call_back", "call_back"),
        (131999, "not_sent", "failed"),
    ],
)
async def test_an_error_about_one_message_does_not_hold_up_others(
    bot: Bot, code: int, kind: str, state: str
) -> None:
    bot.graph.faults.append(Fault(400, code))
    await bot.say("first")
    await bot.settled()
    await bot.say("other", sender="8801811000002")
    await bot.sent(1)
    (notice,) = bot.rows(notices)
    assert (notice["kind"], notice["code"]) == (kind, code)
    assert notice["conversation_id"].startswith("whatsapp-")
    assert [row["state"] for row in bot.rows(table)] == [state, "sent"]


async def test_a_failure_holds_up_only_its_own_person(bot: Bot) -> None:
    bot.graph.only = lambda body: body.get("to") == "8801711000001"
    bot.graph.faults.extend([Fault(500, 131000)] * 6)
    await bot.say("one")
    await bot.say("two")
    await bot.say("other", sender="8801811000002")
    texts = [text.split("\n")[0] for text in await bot.sent(3)]
    assert texts == ["1. other", "1. one", "2. two"]


async def test_refused_buttons_are_sent_as_numbers(bot: Bot) -> None:
    bot.agent.reply = {"buttons": [{"title": "Pain", "payload": "/ask_pain"}]}
    bot.graph.faults.append(Fault(400, 131009))
    await bot.say("Hello")
    texts = await bot.sent(1)
    assert "1. Pain" in texts[0]
    await bot.say("1")
    await bot.sent(2)
    assert bot.agent.texts[1] == "/ask_pain"


async def test_a_platform_that_cannot_be_reached_is_tried_again(bot: Bot) -> None:
    transport = bot.app.ctx.messaging.transports["whatsapp"]
    url = transport._url
    transport._url = "http://127.0.0.1:1/v23.0"
    await bot.say("Hello")
    await bot.until(lambda: bot.rows(table) and bot.rows(table)[0]["attempts"] >= 2)
    transport._url = url
    await bot.sent(1)


async def test_a_lost_answer_is_settled_by_the_status(bot: Bot) -> None:
    bot.graph.faults.append(Fault(accept=True, drop=True))
    bot.graph.statuses = ("delivered", "sent")
    await bot.say("Hello")
    await bot.settled()
    await asyncio.sleep(1.5)  # longer than whatsapp_confirm_seconds
    assert len(bot.graph.accepted) == 1
    (row,) = bot.rows(table)
    assert (row["state"], row["status"], row["message_id"]) == ("sent", "delivered", "wamid.out0")


async def test_a_lost_request_is_sent_again_when_no_status_comes(bot: Bot) -> None:
    bot.graph.faults.append(Fault(accept=False, drop=True))
    await bot.say("Hello")
    assert len(await bot.sent(1)) == 1
    counted = {row["name"]: row["value"] for row in bot.rows(counts)}
    assert (counted["sent_again"], counted["sent"]) == (1, 1)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"messages": []}', b'{"messages": 3}'])
async def test_a_success_without_an_id_counts_as_unsure(bot: Bot, body: bytes) -> None:
    bot.graph.faults.append(Fault(200, body=body))
    await bot.say("Hello")
    assert len(await bot.sent(1)) == 1


async def test_statuses_in_any_order_keep_the_highest(bot: Bot) -> None:
    await bot.say("Hello")
    await bot.sent(1)
    for name in ("read", "sent", "delivered", "sent"):
        await bot.post(bodies.status("wamid.out0", name))
    await bot.until(lambda: not [r for r in bot.rows(inbox) if r["kind"] == "status"])
    assert bot.rows(table)[0]["status"] == "read"
    await bot.post(bodies.status("wamid.out0", "failed", code=131026))
    await bot.until(lambda: not [r for r in bot.rows(inbox) if r["kind"] == "status"])
    assert bot.rows(table)[0]["status"] == "read"
    assert bot.rows(notices) == []


async def test_a_failure_reported_later_is_for_staff(bot: Bot) -> None:
    await bot.say("Hello")
    await bot.sent(1)
    await bot.post(bodies.status("wamid.out0", "sent"))
    await bot.post(bodies.recorded("status_failed"))
    await bot.until(lambda: bot.rows(notices))
    assert bot.rows(table)[0]["state"] == "failed"
    assert bot.rows(notices)[0]["code"] == 131026


async def test_a_passing_failure_reported_later_is_sent_again(bot: Bot) -> None:
    await bot.say("Hello")
    await bot.sent(1)
    await bot.post(bodies.status("wamid.out0", "failed", code=131000))
    assert len(await bot.sent(2)) == 2
    assert bot.rows(table)[0]["message_id"] == "wamid.out1"
    # The first one's failure again, out of order: the second one stands.
    await bot.post(
        bodies.status("wamid.out0", "failed", uid=bot.rows(table)[0]["uid"], code=131026)
    )
    await bot.settled()
    assert bot.rows(table)[0]["state"] == "sent"


async def test_an_opt_out_noticed_by_the_platform_is_honoured(bot: Bot) -> None:
    bot.graph.faults.append(Fault(400, 131050))
    await bot.say("Hello")
    await bot.settled()
    await bot.say("Again")
    await bot.settled()
    assert bot.graph.accepted == []


async def test_a_delay_of_the_platform_holds_up_nobody_else(bot: Bot) -> None:
    bot.graph.faults.append(Fault(accept=True, delay=1.0))
    bot.graph.only = lambda body: body.get("to") == "8801711000001"
    await bot.say("slow")
    await bot.say("quick", sender="8801811000002")
    await bot.until(lambda: len(bot.graph.accepted) == 1, seconds=0.9)
    assert bot.graph.accepted[0]["to"] == "8801811000002"
    await bot.sent(2)


def test_waits_follow_the_rule_of_the_code() -> None:
    pair = outcomes.judge("whatsapp", 400, 131056)
    waits = [pair.wait(n) * 100 for n in (1, 2, 3)]
    assert all(4.0**n <= wait <= 4.0**n * 1.2 for n, wait in enumerate(waits, start=1))
    asked = outcomes.judge("whatsapp", 429, 130429, retry_after=30)
    assert asked.wait(1) * 100 >= 30


def test_every_code_of_the_platforms_oracle_has_a_verdict() -> None:
    errors = pytest.importorskip("pywa.errors")
    for code, kind in errors._all_exceptions().items():
        verdict = outcomes.judge("whatsapp", 400, code).verdict
        if issubclass(kind, errors.AuthorizationError):
            assert verdict is Verdict.ACCOUNT, code
        if issubclass(kind, errors.ThrottlingError) and code != 131064:
            assert verdict is Verdict.RETRY, code
        assert verdict is not Verdict.SENT


def test_one_person_gets_a_burst_and_then_one_message_in_six_seconds() -> None:
    moment = 0.0
    pacer = Pacer(lambda: moment)
    for _ in range(45):
        moment += 0.02
        assert pacer.may_send(1)
    assert not pacer.may_send(1)
    assert pacer.may_send(2)
    moment += 6.1
    assert pacer.may_send(1)
    assert not pacer.may_send(1)


def test_a_number_sends_no_more_than_80_a_second() -> None:
    moment = 0.0
    pacer = Pacer(lambda: moment)
    sent = 0
    for _ in range(1000):
        moment += 0.01
        sent += sum(pacer.may_send(1000 + sent + n) for n in range(3))
    assert 80 * 10 <= sent <= 80 * 11
