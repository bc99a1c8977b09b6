"""How likely a word is in each language, from the letter statistics that langdetect ships.

Stands under step 2 of the message path. langdetect's own detector draws n-grams at random and
gives another answer each time for short text; here every n-gram of its profiles counts once, as a
letter model of each language. Profiles of our own in `tables/` are read beside its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
from langdetect.detector_factory import PROFILES_DIRECTORY
from langdetect.utils.ngram import NGram

OWN_PROFILES = Path(__file__).with_name("tables")
_SHARES = (0.80, 0.15, 0.05)  # of the three-, two- and one-letter statistics
_LEAST = 1e-4  # probability of a letter never seen in a language


class LetterModels:
    """Letter trigram models of many languages in one matrix."""

    def __init__(self, profiles: Iterable[Path]) -> None:
        read = [json.loads(path.read_text(encoding="utf-8")) for path in profiles]
        self.languages: tuple[str, ...] = tuple(item["name"] for item in read)
        grams = sorted({gram.lower() for item in read for gram in item["freq"]})
        self._rows = {gram: row for row, gram in enumerate(grams)}
        self._counts = np.zeros((len(grams) + 1, len(read)), dtype=np.float32)  # last row: unseen
        for column, item in enumerate(read):
            for gram, count in item["freq"].items():
                self._counts[self._rows[gram.lower()], column] += count
        single = [row for gram, row in self._rows.items() if len(gram) == 1]
        self._letters = self._counts[single].sum(axis=0)
        self._word = lru_cache(maxsize=20_000)(self._score)

    def score(self, word: str) -> np.ndarray:
        """Log probability of a word in each of `languages`."""
        # langdetect holds one letter for all of Kana, for instance
        known = (c if c in self._rows else NGram.normalize(c) for c in word.lower())
        return self._word("".join(known))

    def _score(self, word: str) -> np.ndarray:
        padded = f" {word} "
        total = np.zeros(len(self.languages))
        for place in range(1, len(padded)):
            one = self._row(padded[place])
            two = self._row(padded[place - 1 : place + 1])
            before_one = self._row(padded[place - 1])
            if padded[place] == " ":  # the profiles hold no single space: how often words end so
                share = 0.5 * _divide(two, before_one)
            else:
                base = before_one if padded[place - 1] != " " else self._letters / 5
                share = _SHARES[1] * _divide(two, base) + _SHARES[2] * one / self._letters
            if place >= 2:
                three = self._row(padded[place - 2 : place + 1])
                share = share + _SHARES[0] * _divide(three, self._row(padded[place - 2 : place]))
            total += np.log(np.maximum(share, _LEAST))
        return total

    def _row(self, gram: str) -> np.ndarray:
        return self._counts[self._rows.get(gram, -1)]


def _divide(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.minimum(part / np.maximum(whole, 1.0), 1.0)


def load_letter_models() -> LetterModels:
    """langdetect's profiles and ours."""
    theirs = sorted(Path(PROFILES_DIRECTORY).iterdir())
    ours = sorted(OWN_PROFILES.glob("*.profile.json"))
    return LetterModels([path for path in theirs if not path.name.startswith(".")] + ours)
