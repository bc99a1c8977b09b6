"""Tracker events as Rasa streams them to an event broker, cut to what the transcript reads."""

from __future__ import annotations

from typing import Any


def user_event(
    text: str,
    *,
    sender: str = "web-1",
    turn: str = "turn-1",
    at: float = 1000.0,
    channel: str = "web",
    intent: str = "greet",
    confidence: float = 0.9,
    language: str | None = None,
    country: str | None = None,
    red_flag: str | None = None,
    entities: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    if entities is None:
        entities = [
            {"entity": "treatment", "value": "glutathione", "start": 0, "end": 3, "extractor": "x"}
        ]
        entities = entities if intent.startswith("ask_pain") else []
    return {
        "sender_id": sender,
        "event": "user",
        "timestamp": at,
        "text": text,
        "message_id": "rasa-made",
        "input_channel": channel,
        "metadata": {
            "channel": channel,
            "message_id": turn,
            "country": country,
            "received_at": at - 0.05,
        },
        "parse_data": {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "intent_ranking": [{"name": intent, "confidence": confidence}],
            "entities": entities,
            "language": {"code": language, "decided": True} if language else None,
            "red_flag": red_flag,
        },
    }


def bot_event(
    text: str,
    *,
    sender: str = "web-1",
    at: float = 1000.2,
    kind: str = "answer",
    treatment: str | None = None,
    topic: str | None = None,
    language: str | None = None,
) -> dict[str, Any]:
    record = {
        "kind": kind,
        "treatment": treatment,
        "topic": topic,
        "language": language,
        "facts": [],
        "sources": [{"document": treatment, "section": "1", "language": "en"}],
        "buttons": [],
    }
    return {
        "sender_id": sender,
        "event": "bot",
        "timestamp": at,
        "text": text,
        "metadata": {},
        "data": {"custom": record, "buttons": None, "elements": None},
    }
