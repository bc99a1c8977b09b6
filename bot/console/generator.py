"""Fills a database with made-up conversations, for benchmarks, screenshots and trying things out.

Beside the message path. What the made-up patients say are the training examples; the answers
are the knowledge base's.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import Engine

from bot import search_text
from bot.console.training_files import read_examples
from bot.database import now
from bot.settings import ROOT
from bot.transcript_events import incoming, outgoing
from bot.transcript_rebuild import EMPTY
from bot.transcript_summary import dimensions, summary
from bot.transcript_tables import (
    conversation_search,
    conversations,
    daily_counts,
    feedback,
    messages,
)
from knowledge.loader import load

CHUNK = 2000  # conversations inserted at once
DAYS = 180
CHANNELS = ("web", "web", "whatsapp", "whatsapp", "twilio")
SMALL_TALK = ("greet", "goodbye", "thank", "affirm", "deny", "bot_challenge", "help")
KINDS = {  # of the answer to an intent that asks nothing of the documents
    "report_emergency": "emergency",
    "ask_medical_advice": "medical_advice",
    "talk_to_human": "handoff",
    "check_suitability": "suitability",
    "compare_treatments": "comparison",
    "list_treatments": "list",
    "change_language": "language",
    "out_of_scope": "fallback",
    "feedback_negative": "fallback",
    "inform": "ask_treatment",
    **dict.fromkeys(("ask_cost", "book_appointment", "ask_clinic_info"), "contact"),
    **dict.fromkeys(SMALL_TALK, "smalltalk"),
}

Row = dict[str, Any]


class Generator:
    """Makes conversations; the same seed makes the same ones."""

    def __init__(self, seed: int = 7, end: datetime | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - nothing secret
        self._end = end or now()
        self._kb = load()
        self._examples = read_examples(ROOT / "data" / "nlu")
        self._languages = list(self._examples)
        self._intents = list(next(iter(self._examples.values())))
        rare = {"report_emergency": 0.15, "change_language": 0.3}
        self._weights = [
            rare.get(name, 2.0 if name.startswith("ask_") else 0.6) for name in self._intents
        ]

    def fill(self, engine: Engine, count: int, turns: float = 5.0) -> None:
        """Write `count` conversations of `turns` messages of the patient on average."""
        counted: Counter[tuple[Any, ...]] = Counter()
        done = 0
        while done < count:
            size = min(CHUNK, count - done)
            self._write(
                engine, [self._conversation(done + n, count, turns) for n in range(size)], counted
            )
            done += size
        names = ("day", "channel", "language", "dimension", "value")
        rows = [{**dict(zip(names, key, strict=True)), "count": n} for key, n in counted.items()]
        with engine.begin() as connection:
            for place in range(0, len(rows), 5000):
                connection.execute(daily_counts.insert(), rows[place : place + 5000])

    def _conversation(self, number: int, of: int, turns: float) -> tuple[Row, list[Row], list[Row]]:
        pick = self._random
        # One after the other, as conversations come in life.
        start = self._end - timedelta(days=DAYS * (1 - (number + pick.random()) / of))
        channel = pick.choice(CHANNELS)
        identity = f"{channel}-{pick.getrandbits(128):032x}"
        language = pick.choice(self._languages)
        entries: list[Row] = []
        votes: list[Row] = []
        at = start.timestamp()
        treatment = pick.choice(list(self._kb.treatments))
        for turn in range(max(1, round(pick.gauss(turns, 1.5)))):
            same = {"conversation_id": identity, "turn_id": f"{number}-{turn}", "channel": channel}
            entries += self._turn(same, language, treatment, at)
            if pick.random() < 0.04:
                value = "down" if pick.random() < 0.4 else "up"
                vote = {"conversation_id": identity, "turn_id": same["turn_id"], "value": value}
                votes.append({**vote, "reason": None, "at": _moment(at)})
            at += pick.uniform(10, 120)
        row: Row = {"id": identity, "channel": channel, "language": None, "country": None}
        row.update(EMPTY, started_at=start, last_at=start)
        for entry in entries:
            row.update(summary(row, entry, _moment(entry["at"])))
        row["thumbs_up"] = sum(vote["value"] == "up" for vote in votes)
        row["thumbs_down"] = len(votes) - row["thumbs_up"]
        return row, entries, votes

    def _turn(self, same: Row, language: str, treatment: str, at: float) -> list[Row]:
        pick = self._random
        intent = pick.choices(self._intents, self._weights)[0]
        text = pick.choice(self._examples[language][intent])
        confidence = round(min(0.999, pick.betavariate(6, 1.3)), 3)
        kind = KINDS.get(intent, "answer")
        topic = intent.removeprefix("ask_") if kind == "answer" else None
        if confidence < 0.4:
            kind, topic, recognised = "fallback", None, "nlu_fallback"
        else:
            recognised = intent
            if topic and not self._kb.treatments[treatment].topics[topic].stated:
                kind = "not_stated"
        about = treatment if kind in ("answer", "not_stated", "suitability") else None
        answers = self._kb.languages[language].answers
        others = pick.sample(self._intents, 2)
        said = incoming(
            **same,
            text=text,
            at=at,
            metadata={},
            parsed={
                "intent": {"name": recognised, "confidence": confidence},
                "intent_ranking": [
                    {"name": recognised, "confidence": confidence},
                    {"name": intent, "confidence": round((1 - confidence) * 0.7, 3)},
                    *(
                        {"name": name, "confidence": round((1 - confidence) * 0.1, 3)}
                        for name in others
                    ),
                ],
                "entities": [{"entity": "treatment", "value": about}] if about else [],
                "language": {"code": language},
                "red_flag": "breathing" if kind == "emergency" else None,
            },
        )
        record = {
            "kind": kind,
            "treatment": about,
            "topic": topic,
            "language": answers,
            "facts": [],
            "sources": [{"document": about, "section": "1", "language": "en"}] if about else [],
            "buttons": [],
        }
        answered = outgoing(
            **same,
            text=self._answer(about, topic, answers),
            at=at + pick.lognormvariate(-3.6, 0.5),
            received_at=at,
            record=record,
        )
        return [said, answered]

    def _answer(self, treatment: str | None, topic: str | None, language: str) -> str:
        words = self._kb.treatments[treatment].words if treatment else {}
        text = words[language].topics.get(topic or "") if language in words else None
        return text or "…"

    def _write(
        self, engine: Engine, made: list[tuple[Row, list[Row], list[Row]]], counted: Counter[Any]
    ) -> None:
        said, votes, tokens = [], [], []
        for row, entries, given in made:
            day = row["started_at"].astimezone().date()
            counts = [("conversations", "")]
            for entry in entries:
                counts += dimensions(entry)
                said.append(_message(entry))
            counts += [("feedback", vote["value"]) for vote in given]
            where = (day, row["channel"], row["language"] or "")
            counted.update(where + pair for pair in counts)
            votes += given
            texts = [entry["text"] for entry in entries if entry["type"] == "in"]
            found = dict.fromkeys(token for text in texts for token in _tokens(text))
            tokens.append({"conversation_id": row["id"], "tokens": " ".join(found)})
        with engine.begin() as connection:
            connection.execute(conversations.insert(), [row for row, _, _ in made])
            connection.execute(messages.insert(), said)
            connection.execute(conversation_search.insert(), tokens)
            if votes:
                connection.execute(feedback.insert(), votes)


def _message(entry: Row) -> Row:
    names = (
        "conversation_id",
        "turn_id",
        "text",
        "language",
        "intent",
        "confidence",
        "ranking",
        "entities",
        "signals",
        "record",
        "kind",
        "treatment",
        "topic",
        "latency_ms",
    )
    row = {name: entry.get(name) for name in names}
    return {**row, "direction": entry["type"], "at": _moment(entry["at"]), "payload": False}


@lru_cache(maxsize=20_000)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(search_text.tokens(text))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=now().tzinfo)
