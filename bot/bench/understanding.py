"""What the trained model makes of the evaluation questions: one record a question.

Read by `bot.bench.nlu`, which turns the records into tables. Nothing here is trained.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.bench.component_times import Stopwatch
from bot.settings import ROOT

EVALUATION = ROOT / "tests" / "languages"
KNOWN_MISUNDERSTOOD = EVALUATION / "known_misunderstood.yml"
FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Question:
    """One evaluation question, written apart from the training data."""

    text: str
    variety: str
    intent: str
    style: str = ""
    treatments: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    kind: str = "questions"  # or "everyday", "safety_prompts"


@dataclass(frozen=True)
class Understood:
    question: Question
    intent: str  # the likeliest, whether sure enough or not
    confidence: float
    fell_back: bool
    second: str
    margin: float  # probability of the likeliest intent above the second's
    treatments: frozenset[str]
    conditions: frozenset[str]
    language: str
    decided: bool
    unsupported: str | None
    red_flag: bool
    not_offered: bool  # names a treatment that is not ours, which is answered as such
    ms: float

    @property
    def right(self) -> bool:
        return self.intent == self.question.intent

    @property
    def emergency(self) -> bool:
        return self.red_flag or self.intent == "report_emergency"


def read_questions(folder: Path = EVALUATION) -> list[Question]:
    """All questions of all varieties."""
    return [question for path in sorted(folder.glob("*/nlu.yml")) for question in _of_file(path)]


def _of_file(path: Path) -> Iterator[Question]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for kind in ("questions", "everyday", "safety_prompts"):
        for item in content.get(kind) or ():
            item = {"text": item} if isinstance(item, str) else item
            yield Question(
                text=item["text"],
                variety=path.parent.name,
                intent=item.get("intent", ""),
                style=item.get("style", ""),
                treatments=_ids(item.get("treatment")),
                conditions=_ids(item.get("health_condition")),
                kind=kind,
            )


def _ids(value: object) -> frozenset[str]:
    if not value:
        return frozenset()
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset({str(value)})


def understand(
    model: Path, questions: list[Question], stopwatch: Stopwatch | None = None
) -> list[Understood]:
    """Ask the model each question, as the first message of a conversation."""
    from rasa.core.agent import Agent

    loop = asyncio.new_event_loop()
    agent = Agent.load(str(model))
    if stopwatch:
        stopwatch.watch(agent)
    try:
        return understand_with(agent, questions, loop)
    finally:
        loop.close()


def understand_with(agent: Any, questions: list[Question], loop: Any) -> list[Understood]:
    """The same with a model that is loaded already."""

    async def ask_all() -> list[Understood]:
        for question in questions[:5]:  # what is loaded when first needed is not timed
            await agent.parse_message(question.text)
        return [await _ask(agent, question) for question in questions]

    return list(loop.run_until_complete(ask_all()))


async def _ask(agent: Any, question: Question) -> Understood:
    start = time.perf_counter()
    parsed: dict[str, Any] = await agent.parse_message(question.text)
    ms = (time.perf_counter() - start) * 1000
    ranking = [item for item in parsed["intent_ranking"] if item["name"] != FALLBACK]
    language = parsed.get("language") or {}
    return Understood(
        question=question,
        intent=ranking[0]["name"],
        confidence=float(ranking[0]["confidence"]),
        fell_back=parsed["intent"]["name"] == FALLBACK,
        second=ranking[1]["name"] if len(ranking) > 1 else "",
        margin=float(ranking[0]["confidence"]) - sum(float(r["confidence"]) for r in ranking[1:2]),
        treatments=_values(parsed, "treatment"),
        conditions=_values(parsed, "health_condition"),
        language=str(language.get("code")),
        decided=bool(language.get("decided")),
        unsupported=language.get("unsupported"),
        red_flag=bool(parsed.get("red_flag")),
        not_offered=bool(parsed.get("not_offered")),
        ms=ms,
    )


def _values(parsed: dict[str, Any], entity: str) -> frozenset[str]:
    return frozenset(e["value"] for e in parsed["entities"] if e["entity"] == entity)


def known_misunderstood(path: Path = KNOWN_MISUNDERSTOOD) -> dict[str, list[str]]:
    """Variety -> questions of which it is known that they get another intent."""
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def write_misunderstood(records: list[Understood], path: Path = KNOWN_MISUNDERSTOOD) -> None:
    """List what is misunderstood now."""
    found: dict[str, list[str]] = {}
    for record in records:
        if record.question.kind == "questions" and not record.right:
            found.setdefault(record.question.variety, []).append(record.question.text)
    head = (
        "# Questions of nlu.yml that get another intent; made by `python -m bot.bench.nlu known`.\n"
    )
    body = yaml.safe_dump(found, allow_unicode=True, width=200, sort_keys=True)
    path.write_text(head + body, encoding="utf-8")
