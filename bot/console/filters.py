"""The inbox's filters: from the address to conditions on conversations, and back.

Beside the message path. What an address holds is data from outside: whatever is not a known
filter with a usable value is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from bot.console.search import matching
from bot.transcript_tables import conversations

LISTED = {  # filters on the conversation's lists, by column
    "language": "languages",
    "treatment": "treatments",
    "topic": "topics",
    "intent": "intents",
    "kind": "kinds",
}
FLAGS = ("emergency", "fallback", "handoff", "not_stated", "thumbs_down", "thumbs_up")
STATES = ("new", "reviewed")
# Upper ends of the bands of a conversation's lowest confidence.
BANDS = {"low": (0.0, 0.5), "middle": (0.5, 0.8), "high": (0.8, 1.01)}
LONGEST = 100


@dataclass(frozen=True)
class Filters:
    """One choice; an empty text chooses everything."""

    since: str = ""
    until: str = ""
    channel: str = ""
    language: str = ""
    treatment: str = ""
    topic: str = ""
    intent: str = ""
    kind: str = ""
    confidence: str = ""
    flag: str = ""
    review: str = ""
    assigned: str = ""
    tag: str = ""
    q: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Filters:
        """Read the parameters of an address."""
        values = {}
        for name in cls.__dataclass_fields__:
            value = given.get(name, "").replace("\0", "").strip()[:LONGEST]
            if value and _usable(name, value):
                values[name] = value
        return cls(**values)

    def query(self, **changes: str) -> str:
        """The parameters of an address, `?` left out."""
        chosen = asdict(replace(self, **changes))
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def any(self) -> bool:
        return bool(self.query())

    def conditions(self, dialect: str) -> list[Any]:
        """SQL conditions on `conversations`."""
        table = conversations.c
        found: list[Any] = []
        if self.since:
            found.append(table.last_at >= _midnight(date.fromisoformat(self.since)))
        if self.until:
            end = date.fromisoformat(self.until) + timedelta(days=1)
            found.append(table.started_at < _midnight(end))
        if self.channel:
            found.append(table.channel == self.channel)
        for name, column in LISTED.items():
            value = getattr(self, name)
            if value:
                found.append(table[column].contains(f",{value},", autoescape=True))
        if self.confidence:
            low, high = BANDS[self.confidence]
            found += [table.lowest_confidence >= low, table.lowest_confidence < high]
        if self.flag:
            found.append(_flag(self.flag))
        if self.review:
            found.append(table.review_state == self.review)
        if self.assigned:
            found.append(table.assigned_to == self.assigned)
        if self.tag:
            # Few are tagged: they are looked up first, by the index that holds them alone.
            tags = conversations.alias("tagged")
            has = tags.c.tags.contains(f",{self.tag},", autoescape=True)
            found.append(
                table.id.in_(sa.select(tags.c.id).where(sa.text("tagged.tags <> ','"), has))
            )
        if self.q:
            found.append(matching(self.q, dialect))
        return found


def _flag(flag: str) -> Any:
    table = conversations.c
    if flag == "emergency":
        return table.emergency == sa.true()
    if flag == "fallback":
        return table.fallbacks > 0
    if flag in ("thumbs_down", "thumbs_up"):
        return table[flag] > 0
    return table.kinds.contains(f",{flag},", autoescape=True)


def _usable(name: str, value: str) -> bool:
    if name in ("since", "until"):
        try:
            return 2000 <= date.fromisoformat(value).year <= 9000
        except ValueError:
            return False
    allowed = {"flag": FLAGS, "review": STATES, "confidence": BANDS}.get(name)
    return value in allowed if allowed else name == "q" or "," not in value


def _midnight(day: date) -> datetime:
    """The start of a day in the server's time zone."""
    return datetime.combine(day, time()).astimezone()
