"""No evaluation question was trained on: neither the sentence nor one that is almost the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rapidfuzz import fuzz, process

from knowledge.normalise import fold, normalise

ROOT = Path(__file__).resolve().parents[2]
VARIETIES = sorted(p.parent.name for p in Path(__file__).parent.glob("*/nlu.yml"))
ALIKE = 95  # per cent of the characters, in texts long enough for a difference to mean something
LONG = 20
# What everybody says in the same words: a greeting, a name, one word.
SHORT = 12


def key(text: str) -> str:
    return " ".join(word for word in fold(normalise(text)).split() if word not in ".?,")


def training(variety: str) -> set[str]:
    keys: set[str] = set()
    for path in sorted((ROOT / "data" / "nlu" / variety).glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = block["examples"].splitlines()
            keys |= {key(line[2:]) for line in lines if line.startswith("- ")}
    return keys


def evaluation(variety: str) -> list[str]:
    path = Path(__file__).parent / variety / "nlu.yml"
    questions = yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]
    return [key(question["text"]) for question in questions]


def too_near(question: str, trained: set[str]) -> str | None:
    """A training sentence that is the same, or almost."""
    if len(question) > SHORT and question in trained:
        return question
    if len(question) < LONG:
        return None
    found = process.extractOne(question, trained, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return str(found[0]) if found else None


def test_finds_what_it_looks_for() -> None:
    trained = {"how long does one session take", "hello"}
    assert too_near("how long does one session take", trained)
    assert too_near("how long does one sessions take", trained)
    assert too_near("what happens on the day itself", trained) is None
    assert too_near("hello", trained) is None


@pytest.mark.parametrize("variety", VARIETIES)
def test_no_question_was_trained_on(variety: str) -> None:
    trained = training(variety)
    assert trained
    leaks = [near for question in evaluation(variety) if (near := too_near(question, trained))]
    assert len(leaks) == 0, f"{len(leaks)} training sentences are in tests/languages/{variety}"


@pytest.mark.parametrize("variety", VARIETIES)
def test_evaluation_is_large_enough(variety: str) -> None:
    assert len(set(evaluation(variety))) >= 300
