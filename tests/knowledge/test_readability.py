"""English answers read at US grade 6 or lower in the median, none over 8 (Flesch-Kincaid)."""

from __future__ import annotations

import re
import statistics

import pytest

from knowledge.model import KnowledgeBase
from knowledge.render import sentence

MEDIAN, MOST = 6.0, 8.0
_VOWELS = re.compile(r"[aeiouy]+")


def syllables(word: str) -> int:
    """Syllables of an English word, by its groups of vowels; silent endings do not count."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    count = len(_VOWELS.findall(letters))
    silent = (
        re.search(r"[^aeiouy]e$", letters) and not re.search(r"[^aeiouy]le$", letters),
        re.search(r"[^aeiouytd]ed$", letters),
        re.search(r"[^aeiouy]es$", letters) and not re.search(r"([sxzcg]|[cs]h)es$", letters),
    )
    return max(count - any(silent), 1)


def grade(text: str) -> float:
    """US school grade by Flesch and Kincaid."""
    sentences = [part for part in re.split(r"[.!?:]+(?:\s|$)", text) if part.strip()]
    words = re.findall(r"[^\s/]+", re.sub(r"[“”\"(),–]", " ", text))
    words = [word for word in words if re.search(r"\w", word)]
    total = sum(map(syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * total / len(words) - 15.59


@pytest.mark.parametrize(
    ("word", "count"),
    [("a", 1), ("needle", 2), ("scale", 1), ("rate", 1), ("injection", 3), ("numbed", 1),
     ("treated", 2), ("minutes", 2), ("sizes", 2), ("glutathione", 3), ("free", 1), ("the", 1)],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_grade_tells_hard_from_easy() -> None:
    assert grade("The cat sat on the mat. It was warm.") < 1
    assert grade("Individualised pharmacological intervention necessitates consultation.") > 16


def test_answers_are_easy_to_read(real: KnowledgeBase) -> None:
    grades = {
        (treatment, topic): grade(sentence(real, treatment, topic, "en"))
        for treatment in real.treatments
        for topic in real.topics
    }
    hard = {key: round(value, 1) for key, value in grades.items() if value > MOST}
    assert not hard
    assert statistics.median(grades.values()) <= MEDIAN


def test_emergency_wording_is_easy_to_read(real: KnowledgeBase) -> None:
    urgent = [text for key, text in real.phrases["en"].items() if key.startswith("answer.emergen")]
    assert len(urgent) > 5
    assert max(map(grade, urgent)) <= MOST
