"""Reads mistyped words as the words they are near: "sesions" is "sessions", "saef" is "safe".

Between steps 3 and 5 of the message path: a sentence encoder does not know such spellings. What the
patient typed stays in the other view of the message.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA

from knowledge.normalise import fold

_WORD = re.compile(r"[^\W\d_]{3,}")
_USUAL = 5  # times that patients use a word before another one is taken for it
_SHARE = 30  # and that many times as often as the mistyped one
_MIDDLE, _LONG = 6, 10  # letters from which any one letter may be wrong, and any two


class Spelling:
    """The words of one language and what is near them."""

    def __init__(self, used: Mapping[str, int], known: Collection[str]) -> None:
        """`used` counts the words of the training examples, `known` are right,
        whatever their accents."""
        self._used = used
        self._known = frozenset(map(fold, known))
        self._near: dict[str, list[str]] = defaultdict(list)
        for word, count in used.items():
            if count >= _USUAL and len(word) >= 3:
                self._near[word[0]].append(word)
        self.word = lru_cache(maxsize=20_000)(self._word)

    def read(self, text: str) -> str:
        """The text with its mistyped words corrected; a corrected word is in small letters."""
        return _WORD.sub(lambda found: self.word(found.group()), text)

    def _word(self, typed: str) -> str:
        word = typed.lower()
        right = fold(word) in self._known  # but for its accents
        often = _SHARE * self._used.get(word, 0)
        allowed = 2 if len(word) >= _LONG else 1
        best, found = (0, 0), typed
        # the first letter is seldom wrong, but may have changed places with the second
        for candidate in self._near[word[0]] + self._near[word[1]]:
            count = self._used[candidate]
            away = OSA.distance(word, candidate, score_cutoff=allowed)
            if away > allowed or count < often or (allowed - away, count) <= best:
                continue
            accents_left_out = word == fold(candidate)
            if accents_left_out or (not right and (len(word) >= _MIDDLE or _slip(word, candidate))):
                best, found = (allowed - away, count), candidate
        return found


def _slip(typed: str, word: str) -> bool:
    """Letters in the wrong order, one typed twice, or one of many left out.

    Another letter makes another word of a short one: "wart" is no "want", "avc" no "avec".
    """
    if len(typed) > len(word):
        return _once(typed) == _once(word)
    if len(typed) < len(word):
        return len(typed) > 3
    return sorted(typed) == sorted(word)


def _once(word: str) -> str:
    return re.sub(r"(.)\1", r"\1", word)
