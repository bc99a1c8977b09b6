"""Filters, search, pages, counts and the dashboard give the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.bench.private_postgres import PrivatePostgres
from bot.console import dashboard, inbox, review, search
from bot.console.filters import Filters
from bot.console.generator import Generator
from bot.database import now
from bot.transcript_tables import conversations, daily_counts, messages

Said = Callable[..., None]
NOON = 1_790_000_000.0  # 21 September 2026, in UTC


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'polyclinic.db'}"
    server: PrivatePostgres = request.getfixturevalue("postgres")
    return server.new_database()


def ids(engine: Engine, **chosen: str) -> list[str]:
    return [row["id"] for row in inbox.listing(engine, Filters.parse(chosen)).rows]


@pytest.fixture
def clinic(engine: Engine, said: Said) -> Engine:
    """Four conversations that differ in everything that one can filter by."""
    said(
        "does it hurt?",
        sender="en",
        intent="ask_pain",
        treatment="glutathione",
        topic="pain",
        language="en",
        at=NOON,
    )
    said(
        "Des effets secondaires après la séance ?",
        sender="fr",
        intent="ask_side_effects",
        language="fr",
        channel="whatsapp",
        confidence=0.6,
        treatment="il_injection",
        topic="side_effects",
        kind="not_stated",
        at=NOON - 86_400,
    )
    said(
        "副作用有哪些",
        sender="zh",
        intent="nlu_fallback",
        language="zh",
        confidence=0.2,
        kind="fallback",
        at=NOON - 2 * 86_400,
    )
    said(
        "শ্বাস নিতে পারছি না",
        sender="bn",
        intent="report_emergency",
        language="bn",
        red_flag="breathing",
        kind="emergency",
        at=NOON - 3 * 86_400,
    )
    with engine.begin() as connection:
        review.set_tags(connection, "fr", "Prix, rendez-vous")
        review.assign(connection, "fr", "nadia")
        review.mark(connection, "en", reviewed=True)
        connection.execute(
            conversations.update().where(conversations.c.id == "zh").values(thumbs_down=1)
        )
    return engine


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["en", "fr", "zh", "bn"]),
        ({"since": "2026-09-20"}, ["en", "fr"]),
        ({"until": "2026-09-19"}, ["zh", "bn"]),
        ({"since": "2026-09-19", "until": "2026-09-20"}, ["fr", "zh"]),
        ({"channel": "whatsapp"}, ["fr"]),
        ({"language": "zh"}, ["zh"]),
        ({"treatment": "glutathione"}, ["en"]),
        ({"topic": "side_effects"}, ["fr"]),
        ({"intent": "ask_pain"}, ["en"]),
        ({"kind": "not_stated"}, ["fr"]),
        ({"confidence": "low"}, ["zh"]),
        ({"confidence": "middle"}, ["fr"]),
        ({"confidence": "high"}, ["en", "bn"]),
        ({"flag": "emergency"}, ["bn"]),
        ({"flag": "fallback"}, ["zh"]),
        ({"flag": "not_stated"}, ["fr"]),
        ({"flag": "thumbs_down"}, ["zh"]),
        ({"flag": "handoff"}, []),
        ({"review": "reviewed"}, ["en"]),
        ({"review": "new"}, ["fr", "zh", "bn"]),
        ({"assigned": "nadia"}, ["fr"]),
        ({"tag": "prix"}, ["fr"]),
        ({"tag": "pri"}, []),
        ({"treatment": "glutathione", "language": "fr"}, []),
        ({"flag": "nonsense", "since": "yesterday"}, ["en", "fr", "zh", "bn"]),
    ],
)
def test_each_filter_finds_its_conversations(
    clinic: Engine, chosen: dict[str, str], expected: list[str]
) -> None:
    assert ids(clinic, **chosen) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("hurt", ["en"]),
        ("HURT does", ["en"]),
        ("hur", ["en"]),
        ("urt", []),
        ("apres seance", ["fr"]),
        ("après", ["fr"]),
        ("SÉANCE", ["fr"]),
        ("副作用", ["zh"]),
        ("作用", ["zh"]),
        ("哪", ["zh"]),
        ("用副", []),
        ("শ্বাস", ["bn"]),
        ("শ্বাস পারছি", ["bn"]),
        ("hurt 副作用", []),
        ("?!", []),
    ],
)
def test_search_works_in_every_script(clinic: Engine, words: str, expected: list[str]) -> None:
    assert ids(clinic, q=words) == expected


def test_search_without_fts5_finds_the_same(clinic: Engine, monkeypatch) -> None:
    monkeypatch.setattr(search, "has_fts5", lambda: False)
    found = {words: ids(clinic, q=words) for words in ("apres seance", "哪", "urt", "a")}
    assert found == {"apres seance": ["fr"], "哪": ["zh"], "urt": [], "a": []}


def test_pages_follow_each_other_without_hole_or_repeat(engine: Engine, said: Said) -> None:
    for number in range(inbox.PAGE * 2 + 7):
        said("hi", sender=f"web-{number:03}", at=NOON + number // 3)  # three at the same moment
    seen, after = [], ""
    while True:
        found = inbox.listing(engine, Filters(), after)
        seen += [row["id"] for row in found.rows]
        after = found.older
        if not after:
            break
    assert len(seen) == len(set(seen)) == inbox.PAGE * 2 + 7
    assert seen == sorted(seen, reverse=True)


def test_emergencies_stay_on_top_until_acknowledged(clinic: Engine) -> None:
    assert [row["id"] for row in inbox.urgent(clinic, Filters())] == ["bn"]
    assert inbox.counts(clinic, Filters())["urgent"] == 1
    with clinic.begin() as connection:
        review.acknowledge(connection, "bn")
    assert inbox.urgent(clinic, Filters()) == []
    assert inbox.counts(clinic, Filters())["urgent"] == 0
    assert ids(clinic, flag="emergency") == ["bn"]


def test_counts_follow_the_filters(clinic: Engine) -> None:
    everything = inbox.counts(clinic, Filters())
    assert everything == {"all": 4, "urgent": 1, "new": 3, "fallback": 1, "thumbs_down": 1}
    assert inbox.counts(clinic, Filters(language="zh"))["all"] == 1


def test_neighbours_stay_within_the_filters(clinic: Engine) -> None:
    from bot.console.transcript import conversation

    with clinic.connect() as connection:
        row = conversation(connection, "fr")
        assert row
        assert inbox.neighbours(connection, row, Filters()) == ("en", "zh")
        assert inbox.neighbours(connection, row, Filters(flag="emergency")) == ("", "bn")


def test_the_dashboard_sums_what_was_said(clinic: Engine) -> None:
    span = dashboard.Span(date(2026, 9, 18), date(2026, 9, 21))
    found = dashboard.numbers(clinic, span)
    assert [day["conversations"] for day in found.by_day.values()] == [1, 1, 1, 1]
    assert found.totals["language"] == {"bn": 1, "en": 1, "fr": 1, "zh": 1}
    assert found.totals["kind"] == {"answer": 1, "emergency": 1, "fallback": 1, "not_stated": 1}
    assert found.shares["fallback"] == found.shares["answered"] == 0.25
    assert found.median_ms == 80
    only = dashboard.numbers(clinic, dashboard.Span(span.since, span.until, language="fr"))
    assert only.totals["topic"] == {"side_effects": 1}
    one_day = dashboard.numbers(clinic, dashboard.Span(date(2026, 9, 20), date(2026, 9, 20)))
    assert one_day.totals["channel"] == {"whatsapp": 1}


def test_shares_of_nothing_are_nothing() -> None:
    assert dashboard.shares({"smalltalk": 3})["answered"] is None
    assert dashboard.quantile({}, 0.5) is None


def test_a_span_that_makes_no_sense_is_put_right() -> None:
    today = date(2026, 9, 21)
    span = dashboard.Span.parse({"since": "2026-10-01", "until": "2026-09-01"}, today)
    assert span.since == span.until == date(2026, 9, 1)
    assert len(dashboard.Span.parse({"since": "2001-01-01"}, today).days) == dashboard.LONGEST_DAYS
    assert dashboard.Span.parse({}, today).since == today - timedelta(days=29)


def test_the_generator_agrees_with_the_transcript(engine: Engine) -> None:
    Generator(seed=3).fill(engine, 60)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(conversations)).mappings().all()
        said = connection.execute(sa.select(messages)).mappings().all()
        counted = connection.scalar(
            sa.select(sa.func.sum(daily_counts.c["count"])).where(
                daily_counts.c.dimension == "messages"
            )
        )
    assert len(rows) == 60
    assert sum(row["messages"] for row in rows) == len(said) == counted
    assert max(row["last_at"] for row in rows) <= now() + timedelta(hours=1)
    assert {row["language"] for row in rows} == {"en", "bn", "bn-Latn", "fr", "zh"}


def test_the_common_queries_use_an_index(engine: Engine) -> None:
    """Without one a page of the inbox reads every conversation there is."""
    table = conversations.c
    query = sa.select(conversations).order_by(table.last_at.desc(), table.id.desc()).limit(51)
    text = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET enable_seqscan = off"))
            connection.execute(sa.text("SET enable_sort = off"))
        plan = " ".join(str(row) for row in connection.execute(sa.text(explain + text)))
    assert "ix_conversations_last_at_id" in plan
