"""The bench's bars on a small run: nothing lost, doubled or out of order through sudden deaths."""

from __future__ import annotations

from tests.bot.channels.whatsapp import bench


async def test_a_small_bench() -> None:
    sizes = ["--messages", "300", "--people", "30", "--kills", "2", "--busy-ms", "5"]
    options = bench.arguments([*sizes, "--confirm", "6", "--think", "0.02", "--quiet"])
    result = await bench.run(options)
    assert result.kills == 2
    assert (result.lost, result.doubled) == (0, 0)
    assert (result.misdirected, result.out_of_order) == (0, 0)
    assert result.answers == 240


def test_the_plan_holds_what_it_promises() -> None:
    plan = bench.make_plan(1000, 50, 0.2, seed=3)
    posted = [message["id"] for queue in plan.bodies for batch in queue for message in batch]
    assert len(posted) == 1000
    assert len(set(posted)) == 800
    assert max(len(batch) for queue in plan.bodies for batch in queue) > 5
    assert sum(len(ids) for ids in plan.order.values()) == 800
