"""`make bench`: time of a reply and memory of all processes, beside Rasa's default pipeline.

Starts the real processes on free ports with a database of their own, asks over HTTP as the chat
page does, one question at a time, and measures until the rendered answer is there. The transcript
tells what of it went from finding out the language to the rendered answer, actions included; the
rest is HTTP and the conversation's rows.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import psutil
import sqlalchemy as sa
import yaml

from bot.bench import default_pipeline
from bot.database import connect
from bot.run import wait_until_ready
from bot.settings import ROOT, Settings
from bot.transcript_tables import messages

PER_LANGUAGE = 60
WARM_UP = 5
TURNS = 5  # questions in one conversation


def questions() -> list[tuple[str, str]]:
    """(language, question) pairs, alike many a language, spread over the evaluation sets."""
    chosen = []
    for file in sorted((ROOT / "tests" / "languages").glob("*/nlu.yml")):
        texts = [q["text"] for q in yaml.safe_load(file.read_text())["questions"]]
        step = max(1, len(texts) // PER_LANGUAGE)
        chosen += [(file.parent.name, text) for text in texts[::step][:PER_LANGUAGE]]
    return chosen


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextmanager
def running_bot() -> Iterator[tuple[str, psutil.Process, sa.engine.Engine]]:
    """Everything that `make run` starts; yields the address, the process at the top and the
    database."""
    bot, actions, console = free_ports(3)
    with tempfile.TemporaryDirectory() as var, tempfile.TemporaryFile("w+") as log:
        env = {
            **os.environ,
            "PORT": str(bot),
            "ACTIONS_PORT": str(actions),
            "CONSOLE_PORT": str(console),
            "VAR_DIR": var,
            "DATABASE_URL": "",
            "TRACKER_DATABASE_URL": "",
            "WEB_RATE_PER_MINUTE": "100000",
            "WEB_RATE_PER_MINUTE_ADDRESS": "100000",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            if not wait_until_ready(f"http://127.0.0.1:{bot}/ready", 120):
                log.seek(0)
                raise SystemExit(f"The bot did not start:\n{log.read()}")
            engine = connect(Settings(var_dir=Path(var)))
            yield f"http://127.0.0.1:{bot}", psutil.Process(process.pid), engine
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def post(url: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
    """POST JSON, return JSON."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return dict(json.load(answer))


def rendering_times(engine: sa.engine.Engine, wanted: int) -> list[float]:
    """Milliseconds from a message's arrival to its rendered answer, as the transcript has them."""
    query = sa.select(messages.c.latency_ms).where(messages.c.direction == "out")
    query = query.order_by(messages.c.id)
    for _ in range(50):  # turns are stored after their reply is out
        with engine.connect() as connection:
            times = [float(row.latency_ms) for row in connection.execute(query)]
        if len(times) >= wanted:
            return times
        sleep(0.1)
    raise SystemExit(f"The transcript has {len(times)} of {wanted} answers")


def measure_ours(
    pairs: list[tuple[str, str]],
) -> tuple[list[float], list[float], int, int]:
    """Milliseconds of every reply over HTTP and to its rendering, then resident and proportional
    memory of all processes."""
    times = []
    with running_bot() as (base, top, engine):
        token = ""
        for number, (_, text) in enumerate([*pairs[:WARM_UP], *pairs]):
            if number % TURNS == 0:
                token = post(f"{base}/chat/session", {})["token"]
            start = perf_counter()
            answer = post(f"{base}/chat/messages", {"id": str(uuid.uuid4()), "text": text}, token)
            times.append((perf_counter() - start) * 1000)
            if not answer["messages"][0]["text"]:
                raise SystemExit(f"No answer to {text!r}")
        processes = [top, *top.children(recursive=True)]
        resident = sum(p.memory_info().rss for p in processes)
        proportional = sum(p.memory_full_info().pss for p in processes)
        rendered = rendering_times(engine, len(times))
        engine.dispose()
    return times[WARM_UP:], rendered[WARM_UP:], resident, proportional


def row(name: str, times: list[float], memory: int) -> str:
    """One line of the table."""
    cuts = statistics.quantiles(times, n=20)
    return (
        f"| {name} | {statistics.median(times):.1f} | {cuts[18]:.1f} | {max(times):.1f} "
        f"| {memory / 2**20:,.0f} |"
    )


def main() -> None:
    """Print the table."""
    pairs = questions()
    ours, rendered, resident, proportional = measure_ours(pairs)
    default = default_pipeline.measure([text for _, text in pairs])
    print(f"{len(pairs)} questions, {os.cpu_count()} cores, Python {platform.python_version()}")
    print("| | median ms | 95 % ms | longest ms | resident MiB |\n|---|---|---|---|---|")
    print(row("Polyclinic, over HTTP, all processes", ours, resident))
    print(row("Polyclinic, language to rendered answer", rendered, resident))
    print(row("Rasa's default pipeline, in one process", default["ms"], default["resident"]))
    shared = f"{proportional / 2**20:,.0f} MiB"
    print(f"Polyclinic's processes share pages; counted once, they take {shared}.")
    for language in dict.fromkeys(language for language, _ in pairs):
        times = [ms for ms, (code, _) in zip(ours, pairs, strict=True) if code == language]
        print(f"  {language}: median {statistics.median(times):.1f} ms")


if __name__ == "__main__":
    main()
