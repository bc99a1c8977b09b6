"""The dashboard's numbers, summed from the daily counts.

Beside the message path: what step 10 counted, so that a million messages answer in a moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.transcript_tables import daily_counts

LONGEST_DAYS = 366
DEFAULT_DAYS = 30
# Which kinds of answer make up the shares shown at the top.
SHARES: Mapping[str, tuple[str, ...]] = {
    "answered": ("answer", "suitability", "comparison", "list", "contact"),
    "not_stated": ("not_stated",),
    "fallback": ("fallback",),
    "handoff": ("handoff",),
    "emergency": ("emergency",),
}
# Replies that answer no question are left out of the shares.
NO_QUESTION = ("smalltalk", "language")


@dataclass(frozen=True)
class Span:
    """Days, both ends included, and a choice of channel and language."""

    since: date
    until: date
    channel: str = ""
    language: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str], today: date) -> Span:
        """Read an address's parameters; what cannot be used falls back to the last 30 days."""
        until = _day(given.get("until", "")) or today
        since = _day(given.get("since", "")) or until - timedelta(days=DEFAULT_DAYS - 1)
        since = max(min(since, until), until - timedelta(days=LONGEST_DAYS - 1))
        return cls(since, until, given.get("channel", "")[:40], given.get("language", "")[:40])

    @property
    def days(self) -> list[date]:
        return [self.since + timedelta(n) for n in range((self.until - self.since).days + 1)]

    def parameters(self) -> dict[str, str]:
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "channel": self.channel,
            "language": self.language,
        }


@dataclass(frozen=True)
class Numbers:
    """What the dashboard shows."""

    by_day: Mapping[date, Mapping[str, int]]  # conversations and messages of patients
    totals: Mapping[str, Mapping[str, int]]  # dimension -> value -> count, most first
    shares: Mapping[str, float | None]
    median_ms: int | None
    slowest_ms: int | None  # 95 of 100 replies are at least as quick


def numbers(engine: Engine, span: Span) -> Numbers:
    """Sum the counts of a span."""
    table = daily_counts.c
    chosen = [table.day >= span.since, table.day <= span.until]
    chosen += [table.channel == span.channel] if span.channel else []
    chosen += [table.language == span.language] if span.language else []
    total = sa.func.sum(table["count"])
    # Grouped in the order of the table's key, which needs no sorting.
    daily = (
        sa.select(table.day, table.dimension, table.value, total)
        .where(*chosen, table.dimension.in_(("conversations", "messages")))
        .group_by(table.day, table.dimension, table.value)
    )
    summed = (
        sa.select(table.dimension, table.value, total)
        .where(*chosen)
        .group_by(table.dimension, table.value)
    )
    where_from = (
        sa.select(table.channel, table.language, total)
        .where(*chosen, table.dimension == "conversations")
        .group_by(table.channel, table.language)
    )
    by_day: dict[date, dict[str, int]] = {
        day: {"conversations": 0, "messages": 0} for day in span.days
    }
    totals: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    with engine.connect() as connection:
        for day, dimension, value, count in connection.execute(daily):
            if dimension == "conversations" or value == "in":
                by_day[day][dimension] += int(count)
        for dimension, value, count in connection.execute(summed):
            totals[dimension][value] += int(count)
        for channel, language, count in connection.execute(where_from):
            totals["channel"][channel] += int(count)
            totals["language"][language] += int(count)
    ordered = {
        name: dict(sorted(values.items(), key=lambda pair: (-pair[1], pair[0])))
        for name, values in totals.items()
    }
    times = ordered.get("latency", {})
    return Numbers(
        by_day,
        ordered,
        shares(ordered.get("kind", {})),
        quantile(times, 0.5),
        quantile(times, 0.95),
    )


def shares(kinds: Mapping[str, int]) -> dict[str, float | None]:
    """Parts of the replies to questions, by outcome; None where there was no question."""
    questions = sum(count for kind, count in kinds.items() if kind not in NO_QUESTION)
    return {
        name: sum(kinds.get(kind, 0) for kind in members) / questions if questions else None
        for name, members in SHARES.items()
    }


def quantile(times: Mapping[str, int], share: float) -> int | None:
    """Upper end (ms) of the class of reply times in which this share is reached."""
    total, seen = sum(times.values()), 0
    for limit in sorted(times, key=int):
        seen += times[limit]
        if seen >= share * total:
            return int(limit)
    return None


def table_of(found: Numbers, dimensions: Iterable[str]) -> list[list[Any]]:
    """Rows of a CSV: what, which, how many."""
    rows: list[list[Any]] = [["dimension", "value", "count"]]
    for day, counted in found.by_day.items():
        rows += [[f"{name} of day", day.isoformat(), count] for name, count in counted.items()]
    for name in dimensions:
        rows += [[name, value, count] for value, count in found.totals.get(name, {}).items()]
    rows += [
        ["share", name, "" if value is None else round(value, 4)]
        for name, value in found.shares.items()
    ]
    return [
        *rows,
        ["reply time", "median ms", found.median_ms],
        ["reply time", "95 % ms", found.slowest_ms],
    ]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 9000 else None
