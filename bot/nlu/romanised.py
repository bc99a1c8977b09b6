"""Reads a language typed in Latin letters: word by word into its own script.

Stands between steps 3 and 5 of the message path. Writers spell freely, so a word is looked up in a
table of spellings learned from public pairs, then among the native words that sound alike; words
of the language that writers mix in (English) stay as typed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz.distance import Levenshtein

TABLES = Path(__file__).with_name("tables")
_WORD = re.compile(r"[a-z']+")
_REPEATED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiou]")
_CLOSE_ENOUGH = 0.78  # similarity, tuned by cross-validation on the training examples


@dataclass(frozen=True)
class Letters:
    """tables/<code>.letters.yml"""

    native: str
    mixes: str
    consonants: Mapping[str, str]
    vowels: Mapping[str, str]
    signs: Mapping[str, str]
    inherent: str
    silencer: str
    closing: str
    joined: Mapping[str, str]
    alike: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, code: str) -> Letters:
        content: dict[str, Any] = yaml.safe_load(
            (TABLES / f"{code}.letters.yml").read_text(encoding="utf-8")
        )
        content["alike"] = tuple((a, b) for a, b in content["alike"])
        content["consonants"] = {compose(k): v for k, v in content["consonants"].items()}
        return cls(**content)

    def romanise(self, word: str) -> str:
        """A native word as it sounds, in Latin letters."""
        out: list[str] = []
        place = 0
        while place < len(word):
            # a consonant may be two code points: letter and dot
            size = 2 if word[place : place + 2] in self.consonants else 1
            letter = word[place : place + size]
            following = word[place + size : place + size + 1]
            place += size
            if letter not in self.consonants:
                out.append(self.vowels.get(letter, self.signs.get(letter, letter)))
                continue
            out.append(self.consonants[letter])
            if following == self.silencer:
                place += 1
                if word[place : place + 1] in self.joined:
                    out.append(self.joined[word[place]])
                    place += 1
            elif following and following not in self.signs and letter not in self.closing:
                out.append(self.inherent)
        return "".join(out)

    def simplify(self, latin: str) -> str:
        """One spelling for those that writers use one for the other."""
        text = re.sub("[^a-z]", "", latin.lower())
        for spelling, simple in self.alike:
            text = text.replace(spelling, simple)
        return _REPEATED.sub(r"\1", text)

    def skeleton(self, latin: str) -> str:
        """The consonants of a simplified spelling."""
        return _VOWELS.sub("", self.simplify(latin))

    def similarity(self, latin: str, native: str) -> float:
        """0 to 1: how well a Latin spelling fits a native word."""
        typed, sound = self.simplify(latin), self.romanise(native)
        spoken = [self.simplify(sound), self.simplify(sound + self.inherent)]
        whole = max(Levenshtein.normalized_similarity(typed, form) for form in spoken)
        bones = [_VOWELS.sub("", form) or "_" for form in (typed, spoken[0])]
        return float(0.6 * whole + 0.4 * Levenshtein.normalized_similarity(*bones))


def compose(text: str) -> str:
    """One form of letters with dots below, joiners left out."""
    return unicodedata.normalize("NFC", text).replace("\u200c", "").replace("\u200d", "")


@dataclass(frozen=True)
class Spelling:
    """One line of tables/<code>.words.tsv."""

    native: str
    seen: int


def read_spellings(code: str) -> dict[str, Spelling]:
    lines = (TABLES / f"{code}.words.tsv").read_text(encoding="utf-8").splitlines()
    parts = (line.split("\t") for line in lines if not line.startswith("#"))
    return {latin: Spelling(native, int(seen)) for latin, native, seen in parts}


class Romanised:
    """Reads one romanised variety."""

    def __init__(
        self,
        letters: Letters,
        spellings: Mapping[str, Spelling],
        native_words: Mapping[str, int],
        mixed_words: Mapping[str, int],
    ) -> None:
        """`native_words` and `mixed_words` count the words of the training examples."""
        self.letters = letters
        self._spellings = spellings
        self._kept = _mixed_in(spellings, mixed_words)
        counts = {spelling.native: 0 for spelling in spellings.values()}
        counts.update({compose(word): count for word, count in native_words.items()})
        self._by_skeleton: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for word, count in counts.items():
            self._by_skeleton[letters.skeleton(letters.romanise(word))].append((word, count))
        self.word = lru_cache(maxsize=20_000)(self._word)

    def read(self, text: str) -> str:
        """The text with every romanised word in native script."""
        return _WORD.sub(lambda found: self.word(found.group()), text.lower())

    def _word(self, typed: str) -> str:
        if typed in self._kept:
            return typed
        if typed in self._spellings:
            return self._spellings[typed].native
        best, closest = typed, _CLOSE_ENOUGH
        for word, count in self._by_skeleton.get(self.letters.skeleton(typed), ()):
            # a word that patients use is likelier than one from the table
            fit = self.letters.similarity(typed, word) + 0.02 * math.log1p(count)
            if fit > closest:
                best, closest = word, fit
        return best


def _mixed_in(spellings: Mapping[str, Spelling], mixed_words: Mapping[str, int]) -> set[str]:
    """Words that are clearly more usual in the mixed-in language than as a romanised spelling."""
    all_mixed = sum(mixed_words.values()) or 1
    all_seen = sum(spelling.seen for spelling in spellings.values()) or 1
    kept = set()
    for word, count in mixed_words.items():
        seen = spellings[word].seen if word in spellings else 0
        if len(word) > 1 and count / all_mixed > 3 * seen / all_seen:
            kept.add(word)
    return kept
