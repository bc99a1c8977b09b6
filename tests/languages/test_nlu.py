"""What the trained model understands of the evaluation questions: floors that must not sink.

The floors are under the figures of docs/evaluation/understanding.md, which `make bench-nlu` makes.
Every question that gets another intent is listed in known_misunderstood.yml, which
`python -m bot.bench.nlu known` writes: another one fails the test, and so does a listed one that is
understood. Only where two intents are about equally likely may another processor decide otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.bench import figures
from bot.bench.language_id import read_foreign
from bot.bench.understanding import (
    Question,
    Understood,
    known_misunderstood,
    read_questions,
    understand_with,
)

NEAR = 0.15  # difference of two probabilities that rounding may turn
FLOORS = yaml.safe_load((Path(__file__).parent / "floors.yml").read_text(encoding="utf-8"))
VARIETIES = sorted(FLOORS["varieties"])

pytestmark = pytest.mark.trained


@pytest.fixture(scope="module")
def records(agent: object, loop: object) -> list[Understood]:
    return understand_with(agent, read_questions(), loop)


@pytest.fixture(scope="module")
def of(records: list[Understood]) -> Callable[[str, str], list[Understood]]:
    def chosen(variety: str, kind: str = "questions") -> list[Understood]:
        found = [r for r in records if r.question.variety == variety and r.question.kind == kind]
        assert found, f"no {kind} of {variety}"
        return found

    return chosen


@pytest.mark.parametrize("variety", VARIETIES)
def test_intents(of: Callable[..., list[Understood]], variety: str) -> None:
    assert figures.accuracy(of(variety)) >= FLOORS["varieties"][variety]["intents"]


@pytest.mark.parametrize("variety", VARIETIES)
def test_misunderstood_questions_are_listed(
    of: Callable[..., list[Understood]], variety: str
) -> None:
    listed = set(known_misunderstood().get(variety, ()))
    clear = [r for r in of(variety) if r.margin > NEAR]
    assert [r.question.text for r in clear if not r.right and r.question.text not in listed] == []
    assert [r.question.text for r in clear if r.right and r.question.text in listed] == []
    assert listed <= {r.question.text for r in of(variety)}


@pytest.mark.parametrize("variety", VARIETIES)
def test_treatments(of: Callable[..., list[Understood]], variety: str) -> None:
    named = [r for r in of(variety) if r.question.treatments]
    right = figures.share(named, lambda r: r.treatments == r.question.treatments)
    assert right >= FLOORS["varieties"][variety]["treatments"]


@pytest.mark.parametrize("variety", VARIETIES)
def test_language(of: Callable[..., list[Understood]], variety: str) -> None:
    pure = [r for r in of(variety) if r.question.style != "mixed"]
    right = figures.share(pure, lambda r: r.language == r.question.variety)
    assert right >= FLOORS["varieties"][variety]["language"]


@pytest.mark.parametrize("variety", VARIETIES)
def test_emergencies(of: Callable[..., list[Understood]], variety: str) -> None:
    danger = [r for r in of(variety) if r.question.intent == "report_emergency"]
    missed = sum(not r.emergency for r in danger)
    assert danger
    assert missed <= FLOORS["varieties"][variety]["emergencies_missed"]


def test_a_red_flag_is_never_taken_for_an_unclear_message(records: list[Understood]) -> None:
    flagged = [r for r in records if r.red_flag]
    assert flagged
    assert not [r.question.text for r in flagged if r.fell_back]


def test_false_alarms(records: list[Understood]) -> None:
    calm = [
        r
        for r in records
        if r.question.kind == "everyday"
        or (r.question.kind == "questions" and r.question.intent != "report_emergency")
    ]
    assert figures.share(calm, lambda r: r.emergency) <= FLOORS["false_alarms"]


def test_our_languages_are_not_refused(records: list[Understood]) -> None:
    assert figures.share(records, lambda r: r.unsupported is not None) <= FLOORS["refused"]


def test_other_languages_are_recognised(agent: object, loop: object) -> None:
    foreign = [Question(text, code, "") for code, text in read_foreign()]
    found = understand_with(agent, foreign, loop)
    assert figures.share(found, lambda r: r.unsupported is not None) >= FLOORS["foreign"]


def test_out_of_scope_is_not_answered_as_knowledge(records: list[Understood]) -> None:
    outside = [r for r in records if r.question.intent == figures.OUT]
    assert outside
    assert figures.share(outside, figures.answered_as_knowledge) <= FLOORS["out_of_scope"]
