"""Measures the WhatsApp channel under load and sudden death: lost, doubled, order, acknowledgement.

`python -m tests.bot.channels.whatsapp.bench` posts 10,000 messages of 500 people, one in five of
them a repetition, in batches, kills the server three times with SIGKILL, and checks every answer.
`--real` runs `python -m bot serve` with the trained model and the action server; without it a
stand-in keeps the event loop busy as long as understanding a message does (`--busy-ms`).
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot import secret
from bot.settings import Settings
from tests.bot.channels.whatsapp import bodies
from tests.bot.channels.whatsapp.graph import TOKEN, StandInGraph
from tests.bot.channels.whatsapp.processes import Processes, free_port

POSTERS = 8
THINK_SECONDS = 0.1  # at most, between two requests of a poster
LARGEST_BATCH = 12
QUESTIONS = (
    "Does glutathione hurt?",
    "How long does one IL injection session take?",
    "গ্লুটাথিয়নের পার্শ্বপ্রতিক্রিয়া কী?",
    "koto din por por glutathione nite hoy?",
    "Combien de séances de glutathion ?",
    "CT引导下注射需要多长时间？",
    "what is an intrathecal injection",
    "ok",
)


@dataclass
class Plan:
    """What is posted: each person's messages through one poster, so that their order is known."""

    bodies: list[list[list[dict[str, Any]]]]  # poster -> requests -> messages
    order: dict[str, list[str]]  # person -> message ids
    posted: int  # messages, repetitions included


@dataclass
class Result:
    """What came out."""

    answers: int = 0
    lost: int = 0
    doubled: int = 0
    misdirected: int = 0
    out_of_order: int = 0
    acknowledged: list[float] = field(default_factory=list)  # seconds
    seconds: float = 0.0
    kills: int = 0
    cpu_seconds: float = 0.0  # of the bot's process

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.acknowledged)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000

    def good(self) -> bool:
        return not (self.lost or self.doubled or self.misdirected or self.out_of_order)


def make_plan(messages: int, people: int, repeated: float, seed: int) -> Plan:
    """`messages` in all, of which the share `repeated` has been posted before."""
    rng = random.Random(seed)
    senders = [f"88017{n:08}" for n in range(people)]
    fresh: list[list[dict[str, Any]]] = [[] for _ in range(POSTERS)]
    order: dict[str, list[str]] = {}
    distinct = messages - int(messages * repeated)
    for number in range(distinct):
        place = rng.randrange(people)
        words = f"{rng.choice(QUESTIONS)}"
        message = bodies.text(words, senders[place], f"wamid.bench{number}")
        fresh[place % POSTERS].append(message)
        order.setdefault(senders[place], []).append(message["id"])
    requests: list[list[list[dict[str, Any]]]] = []
    left = messages - distinct
    for index, queue in enumerate(fresh):
        share = left // (POSTERS - index)
        left -= share
        requests.append(_batches(queue, share, rng))
    return Plan(requests, order, messages)


def _batches(
    queue: list[dict[str, Any]], repetitions: int, rng: random.Random
) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = []
    place = 0
    while place < len(queue):
        size = rng.choice((1, 1, 1, 2, 3, LARGEST_BATCH))
        batch = queue[place : place + size]
        place += size
        share = min(repetitions, round(repetitions * size / max(1, len(queue) - place + size)))
        for _ in range(share):
            # Of what was posted before or stands earlier in this batch.
            batch.append(queue[rng.randrange(min(place, len(queue)))])
        repetitions -= share
        found.append(batch)
    return found


async def post(
    url: str, requests: list[list[dict[str, Any]]], result: Result, think: float
) -> None:
    """Post one after the other, each until it is acknowledged."""
    limits = httpx.Limits(max_keepalive_connections=1)
    async with httpx.AsyncClient(timeout=10, trust_env=False, limits=limits) as client:
        for messages in requests:
            request = bodies.signed(bodies.of(*messages))
            while True:
                start = time.perf_counter()
                try:
                    response = await client.post(url, **request)
                    if response.status_code == 200:
                        result.acknowledged.append(time.perf_counter() - start)
                        break
                except httpx.HTTPError:
                    pass  # it was killed
                await asyncio.sleep(0.2)
            await asyncio.sleep(random.uniform(0, think))


def examine(plan: Plan, graph: StandInGraph, settings: Settings, result: Result) -> None:
    """Compare what the platform has with what was asked."""
    key = secret.key(settings, "message id")

    def uid(message_id: str) -> str:
        digest = hmac.new(key, f"whatsapp:{message_id}".encode(), hashlib.sha256)
        return f"{digest.hexdigest()[:32]}-0"

    wanted = {uid(item): (person, item) for person, ids in plan.order.items() for item in ids}
    times = Counter(body["biz_opaque_callback_data"] for body in graph.accepted)
    result.answers = len(graph.accepted)
    result.lost = sum(times[item] == 0 for item in wanted)
    result.doubled = sum(count - 1 for count in times.values())
    heard: dict[str, list[str]] = {}
    for body in graph.accepted:
        person, message_id = wanted.get(body["biz_opaque_callback_data"], ("nobody", ""))
        result.misdirected += person != body["to"]
        heard.setdefault(person, []).append(message_id)
    for person, ids in plan.order.items():
        got = list(dict.fromkeys(heard.get(person, [])))
        result.out_of_order += got != [item for item in ids if item in set(got)]


async def run(options: argparse.Namespace) -> Result:
    plan = make_plan(options.messages, options.people, options.repeated, options.seed)
    distinct = sum(len(ids) for ids in plan.order.values())
    graph = StandInGraph()
    graph.statuses = ("sent", "delivered")
    await graph.start()
    result = Result()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            port=free_port(),
            var_dir=Path(folder),
            secret_key="a secret for the bench alone",
            whatsapp_app_secret=bodies.APP_SECRET,
            whatsapp_verify_token=bodies.VERIFY_TOKEN,
            whatsapp_access_token=TOKEN,
            whatsapp_phone_number_id=bodies.PHONE_NUMBER_ID,
            whatsapp_api_url=graph.url,
            whatsapp_confirm_seconds=options.confirm,
        )
        url = f"http://127.0.0.1:{settings.port}/webhooks/whatsapp"
        graph.webhook = url
        servers = Processes(settings, options.busy_ms, real=options.real)
        await servers.start()
        try:
            start = time.perf_counter()
            posting = [
                asyncio.ensure_future(post(url, requests, result, options.think))
                for requests in plan.bodies
            ]
            marks = [distinct * (n + 1) // (options.kills + 1) for n in range(options.kills)]
            while len(graph.accepted) < distinct:
                if marks and len(graph.accepted) >= marks[0]:
                    marks.pop(0)
                    result.kills += 1
                    await servers.kill_and_restart()
                    say(options, f"  killed after {len(graph.accepted)} answers, started again")
                if time.perf_counter() - start > options.limit:
                    say(options, f"  given up after {options.limit} s")
                    break
                await asyncio.sleep(0.05)
            result.seconds = time.perf_counter() - start
            await asyncio.gather(*posting)
            await asyncio.sleep(options.confirm + 1)  # a doubled answer would come by now
        finally:
            await servers.stop()
            result.cpu_seconds = servers.cpu_seconds
            await graph.stop()
    examine(plan, graph, settings, result)
    return result


def say(options: argparse.Namespace, text: str) -> None:
    if not options.quiet:
        print(text, flush=True)


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--repeated", type=float, default=0.2)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--busy-ms", type=float, default=15.0)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--think", type=float, default=THINK_SECONDS)
    parser.add_argument("--confirm", type=float, default=20.0, help="WHATSAPP_CONFIRM_SECONDS")
    parser.add_argument("--limit", type=float, default=3600.0, help="seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quiet", action="store_true")
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    options = arguments(argv)
    answering = "the trained model" if options.real else f"stand-in turns of {options.busy_ms} ms"
    say(options, f"{options.messages} messages of {options.people} people, {answering}")
    result = asyncio.run(run(options))
    print(f"answered            {result.answers} in {result.seconds:.0f} s, ", end="")
    print(f"{result.answers / result.seconds:.1f} a second")
    print(f"killed (SIGKILL)    {result.kills}")
    print(f"lost                {result.lost}")
    print(f"answered twice      {result.doubled}")
    print(f"to someone else     {result.misdirected}")
    print(f"people out of order {result.out_of_order}")
    print(f"acknowledgement     p50 {result.percentile(0.5):.0f} ms, ", end="")
    print(f"p95 {result.percentile(0.95):.0f} ms, p99 {result.percentile(0.99):.0f} ms, ", end="")
    print(f"mean {statistics.mean(result.acknowledged) * 1000:.0f} ms ", end="")
    print(f"({len(result.acknowledged)} requests)")
    print(f"the bot's processor {result.cpu_seconds / result.answers * 1000:.0f} ms an answer")
    print(f"machine             {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    return 0 if result.good() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
