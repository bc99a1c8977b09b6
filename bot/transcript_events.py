"""Turns the events of Rasa's tracker into entries of the transcript, redacted.

Stands at step 10 of the message path, between the event broker and the journal. An entry is a
JSON object; what it holds is listed in `transcript_tables.messages`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from bot.redaction import redact, redact_tree

RANKED = 8  # alternatives kept beside the recognised intent
REMEMBERED = 10_000  # conversations whose current turn is known
SIGNALS = ("language", "red_flag", "red_flag_mentioned", "not_offered", "topics", "negated")
# Replays and tests must not look like patients.
UNRECORDED_CHANNELS = frozenset({"replay"})

Entry = dict[str, Any]


class EventReader:
    """Remembers the current turn of each conversation, so that a reply carries its turn's id."""

    def __init__(self, keep: frozenset[str] = frozenset()) -> None:
        """`keep` are the clinic's own numbers and addresses, which replies may show."""
        self._keep = keep
        self._turns: OrderedDict[str, Entry] = OrderedDict()

    def read(self, event: Mapping[str, Any]) -> Entry | None:
        """The entry of one tracker event; None for what is neither said nor answered."""
        kind = event.get("event")
        if kind == "user" and event.get("text") is not None:
            return self._incoming(event)
        if kind == "bot":
            return self._outgoing(event)
        return None

    def _incoming(self, event: Mapping[str, Any]) -> Entry | None:
        sender = str(event["sender_id"])
        metadata = event.get("metadata") or {}
        entry = incoming(
            conversation_id=sender,
            turn_id=str(metadata.get("message_id") or event.get("message_id")),
            channel=str(metadata.get("channel") or event.get("input_channel") or ""),
            text=str(event["text"]),
            at=float(event["timestamp"]),
            parsed=event.get("parse_data") or {},
            metadata=metadata,
        )
        self._turns.pop(sender, None)
        self._turns[sender] = {**entry, "replies": 0}
        if len(self._turns) > REMEMBERED:
            self._turns.popitem(last=False)
        return None if entry["channel"] in UNRECORDED_CHANNELS else entry

    def _outgoing(self, event: Mapping[str, Any]) -> Entry | None:
        sender = str(event["sender_id"])
        turn = self._turns.get(sender)
        if turn is None or turn["channel"] in UNRECORDED_CHANNELS:
            return None
        turn["replies"] += 1
        # A turn has one reply; should an action say more, nothing of it is lost.
        more = f"~{turn['replies']}" if turn["replies"] > 1 else ""
        data = event.get("data") or {}
        return outgoing(
            conversation_id=sender,
            turn_id=turn["turn_id"] + more,
            channel=turn["channel"],
            text=event.get("text") or "",
            at=float(event["timestamp"]),
            received_at=turn["received_at"],
            record=data.get("custom") or {},
            keep=self._keep,
            buttons=data.get("buttons") or [],
        )


def incoming(
    *,
    conversation_id: str,
    turn_id: str,
    channel: str,
    text: str,
    at: float,
    parsed: Mapping[str, Any],
    metadata: Mapping[str, Any],
) -> Entry:
    """The entry of a patient's message. `at` is in seconds since 1970."""
    clean = redact(text)
    intent = parsed.get("intent") or {}
    return {
        "type": "in",
        "conversation_id": conversation_id,
        "turn_id": turn_id,
        "channel": channel,
        "country": metadata.get("country"),
        "text": clean,
        "payload": text.startswith("/"),
        "at": at,
        "received_at": float(metadata.get("received_at") or at),
        "language": (parsed.get("language") or {}).get("code"),
        "intent": intent.get("name"),
        "confidence": intent.get("confidence"),
        "ranking": [
            {"name": item["name"], "confidence": round(item["confidence"], 4)}
            for item in (parsed.get("intent_ranking") or [])[:RANKED]
        ],
        "entities": [_entity(item, text == clean) for item in parsed.get("entities") or []],
        "signals": redact_tree({name: parsed[name] for name in SIGNALS if parsed.get(name)}),
    }


def outgoing(
    *,
    conversation_id: str,
    turn_id: str,
    channel: str,
    text: str,
    at: float,
    received_at: float,
    record: Mapping[str, Any],
    keep: frozenset[str] = frozenset(),
    buttons: list[Any] | None = None,
) -> Entry:
    """The entry of a reply, with the structured record that went with it."""
    record = dict(record)
    if buttons and not record.get("buttons"):
        record["buttons"] = buttons
    return {
        "type": "out",
        "conversation_id": conversation_id,
        "turn_id": turn_id,
        "channel": channel,
        "text": redact(text, keep),
        "at": at,
        "latency_ms": max(0, round((at - received_at) * 1000)),
        "language": record.get("language"),
        "kind": record.get("kind"),
        "treatment": record.get("treatment"),
        "topic": record.get("topic"),
        "record": redact_tree(record, keep),
    }


def _entity(entity: Mapping[str, Any], in_place: bool) -> Entry:
    # Where redaction changed the text, the places of the entities are no longer known.
    names = ("entity", "value", "role", "start", "end") if in_place else ("entity", "value", "role")
    return {name: redact_tree(entity[name]) for name in names if entity.get(name) is not None}
