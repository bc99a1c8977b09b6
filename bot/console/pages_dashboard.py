"""The dashboard's page and its download.

Beside the message path: how the bot is doing, by day, language, channel, treatment and topic.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from bot.console import dashboard
from bot.console.charts import Bar, columns
from bot.console.csv_file import csv_response
from bot.console.page import Page
from bot.console.pages_inbox import CHANNELS
from bot.console.wording import knowledge_base
from bot.database import now

DIMENSIONS = ("language", "channel", "treatment", "topic", "kind", "intent", "feedback")
LISTED = 12  # values of a dimension in its chart
PERIODS = (7, 30, 90, 180)


def show(page: Page) -> Response:
    today = _today()
    span = dashboard.Span.parse(page.query, today)
    found = dashboard.numbers(page.engine, span)
    periods = [
        (
            days,
            _address(
                span, since=(today - timedelta(days=days - 1)).isoformat(), until=today.isoformat()
            ),
        )
        for days in PERIODS
    ]
    return page.render(
        "dashboard.html",
        span=span,
        found=found,
        days=_days(page, span, found),
        bars={name: _bars(page, span, found, name) for name in DIMENSIONS[:-1]},
        votes=found.totals.get("feedback", {}),
        said=found.totals.get("messages", {}).get("in", 0),
        conversations=found.totals.get("conversations", {}).get("", 0),
        links={name: f"/?{_inbox(span, **_behind(name))}" for name in dashboard.SHARES},
        down=f"/?{_inbox(span, flag='thumbs_down')}",
        up=f"/?{_inbox(span, flag='thumbs_up')}",
        periods=periods,
        channels=CHANNELS,
        varieties=knowledge_base().languages,
        csv=f"/dashboard.csv?{urlencode(span.parameters())}",
    )


def download(page: Page) -> Response:
    span = dashboard.Span.parse(page.query, _today())
    page.note("export dashboard", "", **span.parameters())
    found = dashboard.numbers(page.engine, span)
    return csv_response(dashboard.table_of(found, DIMENSIONS), f"dashboard-{span.since}")


def _today() -> date:
    return now().astimezone().date()


def _days(page: Page, span: dashboard.Span, found: dashboard.Numbers) -> Any:
    bars = [
        Bar(
            page.words.day(day),
            counted["conversations"],
            f"/?{_inbox(span, since=day.isoformat(), until=day.isoformat())}",
            page.words.number(counted["conversations"]),
        )
        for day, counted in found.by_day.items()
    ]
    return columns(bars)


def _bars(page: Page, span: dashboard.Span, found: dashboard.Numbers, name: str) -> list[Bar]:
    kb = knowledge_base()

    def label(value: str) -> str:
        if name == "language":
            return kb.languages[value].name if value in kb.languages else "–"
        return page.words.label(name, value) or "–"

    totals = list(found.totals.get(name, {}).items())[:LISTED]
    return [
        Bar(
            label(value),
            count,
            f"/?{_inbox(span, **{name: value})}" if value else "",
            page.words.number(count),
        )
        for value, count in totals
    ]


def _behind(share: str) -> dict[str, str]:
    """The inbox's filter for the conversations behind a share."""
    if share in ("fallback", "handoff", "emergency", "not_stated"):
        return {"flag": share}
    return {"kind": "answer"}


def _inbox(span: dashboard.Span, **more: str) -> str:
    return urlencode({k: v for k, v in {**span.parameters(), **more}.items() if v})


def _address(span: dashboard.Span, **more: str) -> str:
    chosen = {**span.parameters(), **more}
    return "/dashboard?" + urlencode({name: value for name, value in chosen.items() if value})
