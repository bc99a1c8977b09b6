"""Builds the table of romanised spellings: tables/<code>.words.tsv.

Beside the message path; the result is read by `bot.nlu.romanised`. Lines of public pairs are
aligned word by word; each Latin spelling gets the native word that it stands for most often.
    python -m bot.nlu.build.spellings bn-Latn PAIRS.jsonl...   (keys "latin" and "bengali")
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from functools import lru_cache
from pathlib import Path

from bot.nlu.romanised import TABLES, Letters, compose
from bot.nlu.scripts import words

_STEPS = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2))  # words of the one line per words of the other
_SKIPPED = -0.15
_BASE = 0.35  # similarity below which leaving both words out is better
_SURE = 0.55  # similarity from which an aligned pair is believed
_LONGEST = 60
_LATIN = re.compile(r"[a-z']+")


class Aligner:
    def __init__(self, letters: Letters) -> None:
        self._similarity = lru_cache(maxsize=None)(letters.similarity)

    def pairs(self, latin: list[str], native: list[str]) -> list[tuple[str, str]]:
        """Single words that stand for each other, by the best monotone alignment of two lines."""
        best = {(0, 0): 0.0}
        steps: dict[tuple[int, int], tuple[int, int]] = {}
        for i in range(len(latin) + 1):
            for j in range(len(native) + 1):
                for di, dj in _STEPS:
                    if i + di > len(latin) or j + dj > len(native):
                        continue
                    score = best[i, j] + self._step(latin[i : i + di], native[j : j + dj])
                    if score > best.get((i + di, j + dj), -1e9):
                        best[i + di, j + dj] = score
                        steps[i + di, j + dj] = (di, dj)
        return self._walk_back(latin, native, steps)

    def _step(self, latin: list[str], native: list[str]) -> float:
        if not latin or not native:
            return _SKIPPED
        size = max(len(latin), len(native))
        fit = self._similarity("".join(latin), "".join(native))
        return (fit - _BASE) * size - (0.1 if len(latin) != len(native) else 0.0)

    def _walk_back(
        self, latin: list[str], native: list[str], steps: dict[tuple[int, int], tuple[int, int]]
    ) -> list[tuple[str, str]]:
        i, j = len(latin), len(native)
        found = []
        while i or j:
            di, dj = steps[i, j]
            if di == dj == 1 and self._similarity(latin[i - 1], native[j - 1]) > _SURE:
                found.append((latin[i - 1], native[j - 1]))
            i, j = i - di, j - dj
        return found


def table(letters: Letters, lines: list[tuple[str, str]]) -> dict[str, tuple[str, int]]:
    """Latin spelling -> (native word, how often)."""
    aligner = Aligner(letters)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for latin, native in lines:
        typed = [word.strip("'") for word in _LATIN.findall(latin.lower())]
        spoken = [word for word, script in words(compose(native)) if script != "Latin"]
        if len(typed) <= _LONGEST:
            for one, other in aligner.pairs([w for w in typed if w], spoken):
                counts[one][other] += 1
    return {word: counter.most_common(1)[0] for word, counter in sorted(counts.items())}


def main(argv: list[str]) -> None:
    code, *files = argv
    lines = [line for name in files for line in Path(name).read_text(encoding="utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    result = table(Letters.read(code), [(row["latin"], row["bengali"]) for row in rows])
    head = (
        "# spelling, native word, times seen; by bot/nlu/build/spellings.py from the pairs of\n"
        "# BanglaTLit (EMNLP Findings 2024) and Bhasha-Abhijnaanam (AI4Bharat)\n"
    )
    body = "".join(f"{word}\t{native}\t{seen}\n" for word, (native, seen) in result.items())
    (TABLES / f"{code}.words.tsv").write_text(head + body, encoding="utf-8")
    print(f"{len(result)} spellings from {len(rows)} lines")


if __name__ == "__main__":
    main(sys.argv[1:])
