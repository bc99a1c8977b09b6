"""Builds the letter statistics of a variety that langdetect lacks: tables/<code>.profile.json.

Beside the message path; the result is read by `bot.nlu.profiles`.
    python -m bot.nlu.build.profile bn-Latn PAIRS.jsonl...   (lines with a key "latin")
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

from bot.nlu.profiles import OWN_PROFILES

_LONGEST = 3
_RAREST = 2  # n-grams seen less often are left out, as langdetect does
_NOT_LETTERS = re.compile(r"[^a-z]+")


def profile(code: str, lines: list[str]) -> dict[str, object]:
    """Counts of letters, pairs and triples, a word's edges as spaces, in langdetect's format."""
    counts: Counter[str] = Counter()
    for line in lines:
        for word in _NOT_LETTERS.sub(" ", line.lower()).split():
            padded = f" {word} "
            for size in range(1, _LONGEST + 1):
                counts.update(padded[i : i + size] for i in range(len(padded) - size + 1))
    kept = {gram: n for gram, n in sorted(counts.items()) if n >= _RAREST and gram.strip()}
    totals = [sum(n for gram, n in kept.items() if len(gram) == size) for size in (1, 2, 3)]
    return {"name": code, "n_words": totals, "freq": kept}


def main(argv: list[str]) -> None:
    code, *files = argv
    lines = [line for name in files for line in Path(name).read_text(encoding="utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    result = profile(code, [row["latin"] for row in rows])
    target = OWN_PROFILES / f"{code}.profile.json"
    target.write_text(json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{target}: {len(rows)} lines")


if __name__ == "__main__":
    main(sys.argv[1:])
