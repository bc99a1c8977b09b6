"""Times the console's pages over 100,000 made-up conversations, on SQLite and on PostgreSQL.

Beside the message path: `python -m bot console bench`. Every page is asked for over the whole
application, signed in, as a browser would.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from bot.console import accounts, grouping
from bot.console.app import create_app
from bot.console.corpus import corpus
from bot.console.filters import BANDS, FLAGS
from bot.console.generator import Generator
from bot.console.review import Verdict, judge
from bot.console.tables import users
from bot.database import now, open_url, upgrade
from bot.settings import Settings
from bot.transcript_tables import conversations, messages

ROUNDS = 5
MEDIAN_MS, WORST_MS = 300, 1000
PASSWORD = "a bench's password"  # noqa: S105 - of a database that is thrown away


def main(count: int, kinds: list[str], settings: Settings) -> int:
    """Print the times of every page; the exit code says whether the bars were met."""
    met = True
    for kind in kinds:
        with _database(kind) as engine:
            start = time.perf_counter()
            Generator().fill(engine, count)
            with engine.connect() as connection:
                said = connection.scalar(sa.select(sa.func.count()).select_from(messages))
            _review(engine)
            filled = time.perf_counter() - start
            print(f"\n{kind}: {count:,} conversations, {said:,} messages, made in {filled:.0f} s")
            met &= measure(engine, settings)
    print("\nThe bars are met." if met else "\nThe bars are NOT met.")
    return 0 if met else 1


def measure(engine: Engine, settings: Settings) -> bool:
    """Ask for every page several times and print median and worst."""
    client = _signed_in(engine, settings)
    print(f"{'page':<58}{'median ms':>10}{'worst ms':>10}")
    met = True
    medians = []
    for path in pages(engine):
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - start) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
        median, worst = statistics.median(times), max(times)
        medians.append(median)
        good = median <= MEDIAN_MS and worst <= WORST_MS
        met &= good
        print(f"{path[:57]:<58}{median:>10.0f}{worst:>10.0f}{'' if good else '  too slow'}")
    print(f"{'median of all pages':<58}{statistics.median(medians):>10.0f}")
    return met


def pages(engine: Engine) -> list[str]:
    """Every kind of page, every filter, searches in every script, what is rare and what is not."""
    today = date.today()
    days = {n: (today - timedelta(days=n)).isoformat() for n in (3, 6, 30, 90, 120, 179)}
    words = (
        "pain",
        "douleur",
        "effets secondaires",
        "\u09ac\u09cd\u09af\u09a5\u09be",
        "\u526f\u4f5c\u7528",
        "\u75bc",
        "koto",
        "a",
        "glutathione",
        "xyzzy",
        "p\u00e9age",
    )
    with engine.connect() as connection:
        one = connection.scalar(sa.select(conversations.c.id).limit(1).offset(50_000))
        one = one or connection.scalar(sa.select(conversations.c.id).limit(1))
    return [
        "/",
        f"/?since={days[6]}&until={days[3]}",
        f"/?since={days[120]}&until={days[90]}",
        "/?channel=twilio",
        "/?language=bn-Latn",
        "/?treatment=glutathione",
        "/?topic=pain",
        "/?intent=ask_cost",
        "/?kind=medical_advice",
        "/?review=new",
        "/?review=reviewed",
        "/?assigned=bench",
        "/?tag=nothing",
        "/?tag=unclear",
        *(f"/?confidence={band}" for band in BANDS),
        *(f"/?flag={flag}" for flag in FLAGS),
        "/?language=zh&kind=emergency&flag=thumbs_down",
        "/?language=fr&channel=web&confidence=low&flag=fallback&treatment=il_injection",
        *(f"/?q={word}" for word in words),
        "/?q=pain&language=en&flag=thumbs_down",
        f"/?q=a&since={days[30]}",
        "/counts",
        f"/conversations/{one}",
        f"/conversations/{one}?language=zh&kind=emergency&flag=thumbs_down",
        "/candidates",
        "/gaps",
        "/dashboard",
        *(f"/dashboard?since={days[n]}" for n in (6, 30, 90, 179)),
        f"/dashboard?since={days[179]}&language=bn&channel=whatsapp",
        "/audit",
    ]


class _AnyMeaning:
    """Stands for the sentence encoder, whose speed is not measured here."""

    def vectors(self, texts: Sequence[str], languages: Sequence[str | None]) -> np.ndarray:
        rows = [np.random.default_rng(len(text)).normal(size=384) for text in texts]
        return np.stack([row / np.linalg.norm(row) for row in rows]).astype(np.float32)


def _review(engine: Engine) -> None:
    """Staff has worked: old conversations are reviewed, some tagged, questions grouped."""
    old = conversations.c.last_at < now() - timedelta(days=20)
    some = conversations.c.fallbacks > 1
    with engine.begin() as connection:
        connection.execute(conversations.update().where(old).values(review_state="reviewed"))
        connection.execute(conversations.update().where(some).values(tags=",unclear,"))
        query = sa.select(messages).where(messages.c.direction == "in").limit(2000)
        for row in connection.execute(query).mappings().all():
            judged = Verdict(True)
            judge(connection, row["conversation_id"], row["turn_id"], judged, "bench")
    grouping.group(engine, _AnyMeaning)


def _signed_in(engine: Engine, settings: Settings) -> TestClient:
    corpus()  # read once when the console starts to be used, not with every page
    with engine.begin() as connection:
        if not connection.execute(sa.select(users.c.id)).first():
            accounts.add_user(connection, "bench", "admin", PASSWORD, "en")
    client = TestClient(create_app(settings, engine))
    form = client.get("/sign-in").text
    token = form.split('name="csrf" value="')[1].split('"')[0]
    answer = client.post(
        "/sign-in", data={"csrf": token, "name": "bench", "password": PASSWORD, "next": "/health"}
    )
    if answer.text != "ok":
        raise RuntimeError("the bench could not sign in")
    return client


@contextmanager
def _database(kind: str) -> Iterator[Engine]:
    if kind == "postgresql":
        from bot.bench.private_postgres import private_postgres

        with private_postgres() as server:
            engine = open_url(server.new_database())
            upgrade(engine)
            try:
                yield engine
            finally:
                engine.dispose()
        return
    with tempfile.TemporaryDirectory(prefix="console-bench-") as folder:
        engine = open_url(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(engine)
        yield engine
        engine.dispose()
