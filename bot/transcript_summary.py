"""What one message adds to its conversation's row in the inbox and to the day's counts.

Stands at the end of step 10 of the message path, under `transcript_store`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
from typing import Any

FALLBACK, EMERGENCY = "fallback", "emergency"
PREVIEW = 160  # characters of the first message shown in the inbox
# Reply times are counted in these classes (ms), near enough for a median.
LATENCIES = (
    *(1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400),
    *(500, 600, 800, 1000, 1200, 1500, 2000, 2500, 3000, 4000, 5000, 8000, 10000),
)


def summary(row: dict[str, Any], entry: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What one more message changes in the row of its conversation."""
    changes: dict[str, Any] = {
        "last_at": max(row["last_at"], at),
        "started_at": min(row["started_at"], at),
        "messages": row["messages"] + 1,
    }

    def add(column: str, values: Iterable[str | None]) -> None:
        text = changes.get(column, row[column])
        for value in values:
            if value and f",{value}," not in text:
                text += f"{value},"
        changes[column] = text

    entities = entry.get("entities") or []
    add("languages", [entry["language"]] if entry["type"] == "in" else [])
    if entry["type"] == "out":
        record = entry.get("record") or {}
        add("kinds", [entry["kind"]])
        add("treatments", [entry["treatment"], *(record.get("treatments") or [])])
        add("topics", [entry["topic"], *(record.get("topics") or [])])
        changes["fallbacks"] = row["fallbacks"] + (entry["kind"] == FALLBACK)
        changes["emergency"] = row["emergency"] or entry["kind"] == EMERGENCY
        return changes
    changes["turns"] = row["turns"] + 1
    add("intents", [entry["intent"]])
    add("treatments", [str(item["value"]) for item in entities if item["entity"] == "treatment"])
    if entry["language"]:
        changes["language"] = entry["language"]
    if entry.get("country"):
        changes["country"] = entry["country"]
    if (entry.get("signals") or {}).get("red_flag"):
        changes["emergency"] = True
    if entry["confidence"] is not None and not entry["payload"]:
        lowest = row["lowest_confidence"]
        changes["lowest_confidence"] = min(entry["confidence"], 1.0 if lowest is None else lowest)
    if not row["preview"] and not entry["payload"]:
        changes["preview"] = entry["text"][:PREVIEW]
    return changes


def latency_class(milliseconds: int) -> str:
    """The class a reply time is counted in: its upper bound in ms, as text."""
    place = min(bisect_left(LATENCIES, milliseconds), len(LATENCIES) - 1)
    return str(LATENCIES[place])


def dimensions(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """What one message counts towards, for the dashboard: (dimension, value)."""
    found = [("messages", entry["type"])]
    if entry["type"] == "in":
        return found + ([("intent", entry["intent"])] if entry["intent"] else [])
    record = entry.get("record") or {}
    if entry["kind"]:
        found.append(("kind", entry["kind"]))
    found += [("treatment", entry["treatment"])] if entry["treatment"] else []
    topics = dict.fromkeys(filter(None, [entry["topic"], *(record.get("topics") or [])]))
    return [
        *found,
        *(("topic", topic) for topic in topics),
        ("latency", latency_class(entry["latency_ms"])),
    ]
