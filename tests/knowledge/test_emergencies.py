"""No emergency is missed, and everyday talk raises no alarm, in every variety with red flags."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.emergencies import Emergency, EmergencyFinder
from knowledge.loader import load
from knowledge.model import KnowledgeBase

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).with_name("emergencies")
SELF_HARM = "self_harm"
MOST_FALSE_ALARMS = 0.02  # of ordinary questions
LEAST_BY_RULE = 0.95  # of the training examples; the classifier finds emergencies, too


def cases(part: str) -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yml")):
        listed = yaml.safe_load(file.read_text(encoding="utf-8"))[part]
        groups = listed.items() if isinstance(listed, dict) else [(None, listed)]
        for flag, texts in groups:
            for text in texts:
                yield pytest.param(flag, text, id=f"{file.stem}: {text}")


def examples(language: str) -> Iterator[tuple[str, str]]:
    """Intent and text of the training examples of one variety."""
    for file in sorted((ROOT / "data" / "nlu" / language).glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            for line in block.get("examples", "").splitlines() if "intent" in block else ():
                yield block["intent"], line.removeprefix("- ").strip()


@pytest.fixture(scope="module")
def finder(real: KnowledgeBase) -> EmergencyFinder:
    return EmergencyFinder(real)


@pytest.mark.parametrize(("flag", "text"), cases("emergencies"))
def test_an_emergency_is_found(finder: EmergencyFinder, flag: str, text: str) -> None:
    found = finder.find(text).present
    assert found is not None
    assert (found == SELF_HARM) == (flag == SELF_HARM)  # which has its own wording


@pytest.mark.parametrize(("flag", "text"), cases("questions"))
def test_a_question_is_answered_with_the_number(
    finder: EmergencyFinder, flag: None, text: str
) -> None:
    found = finder.find(text)
    assert found.present is None
    assert found.mentioned is not None


@pytest.mark.parametrize(("flag", "text"), cases("harmless"))
def test_everyday_talk_is_no_emergency(finder: EmergencyFinder, flag: None, text: str) -> None:
    assert finder.find(text).present is None


def test_every_variety_has_cases(real: KnowledgeBase) -> None:
    assert {file.stem for file in CASES.glob("*.yml")} == set(real.languages)
    for file in CASES.glob("*.yml"):
        listed = yaml.safe_load(file.read_text(encoding="utf-8"))["emergencies"]
        assert set(listed) == {flag.id for flag in real.red_flags[file.stem]}, file.name


@pytest.mark.parametrize("language", load().languages)
def test_few_false_alarms_and_misses_among_examples(finder: EmergencyFinder, language: str) -> None:
    ordinary = [text for intent, text in examples(language) if intent != "report_emergency"]
    alarms = [text for text in ordinary if finder.find(text).present]
    assert len(ordinary) > 500
    assert len(alarms) <= MOST_FALSE_ALARMS * len(ordinary), alarms
    urgent = [text for intent, text in examples(language) if intent == "report_emergency"]
    missed = [text for text in urgent if not finder.find(text).present]
    assert len(urgent) > 20
    assert len(missed) <= (1 - LEAST_BY_RULE) * len(urgent), missed


def test_what_is_harmless_hides_nothing_else(small: KnowledgeBase) -> None:
    finder = EmergencyFinder(small)
    assert finder.find("I cannot breathe") == Emergency(present="breathing")
    assert finder.find("gasp of surprise") == Emergency()
    assert finder.find("no gasping. but I can't really breathe") == Emergency(present="breathing")
    assert finder.find("is gasping normal?") == Emergency(mentioned="breathing")
    assert finder.find("is gasping or gasps normal?") == Emergency(mentioned="breathing")
    assert finder.find("is gasping normal? I can't breathe!") == Emergency(present="breathing")
    assert finder.find("My neck is stiff. Fever too") == Emergency()
    assert finder.find("Fever. And a stiff old neck") == Emergency(present="fever")
    assert finder.find("no fever, stiff neck") == Emergency()
    assert finder.find("শ্বাস নিতে একদম পারছি না") == Emergency(present="breathing")
    assert finder.find("hello") == Emergency()
