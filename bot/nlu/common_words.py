"""The commonest words of many languages with their shares, for telling short messages apart.

Stands under step 2 of the message path.
"""

from __future__ import annotations

from pathlib import Path

from bot.nlu.romanised import TABLES, read_spellings
from knowledge.normalise import fold

_FILE = TABLES / "common_words.tsv"


def common_words(path: Path = _FILE) -> dict[str, dict[str, float]]:
    """Language code of langdetect -> word without accents -> share of running text.

    A romanised variety's are the counts of its table of spellings.
    """
    found: dict[str, dict[str, float]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, rarity, words = line.split("\t")
        shares = found.setdefault(code, {})
        share = 10 ** (-int(rarity) / 100)
        for word in words.split(" "):
            plain = fold(word)
            shares[plain] = shares.get(plain, 0.0) + share
    for table in TABLES.glob("*.words.tsv"):
        code = table.name.removesuffix(".words.tsv")
        spellings = read_spellings(code)
        total = sum(spelling.seen for spelling in spellings.values())
        found[code] = {word: spelling.seen / total for word, spelling in spellings.items()}
    return found
