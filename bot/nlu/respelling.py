"""Spells training examples otherwise, as other writers would: augmentation of a romanised variety.

Used in training by `bot.nlu.transliteration`. What is written one for the other is `alike` in
tables/<code>.letters.yml.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from bot.nlu.romanised import Letters

_SHARE = 0.5  # of the words that can be spelled otherwise
_SEED = 7


class Respeller:
    """Spells texts of one romanised variety otherwise; the same texts always alike."""

    def __init__(self, letters: Letters) -> None:
        self._pairs = [pair for a, b in letters.alike for pair in ((a, b), (b, a))]

    def respell(self, texts: Sequence[str], times: int) -> Iterator[tuple[int, str]]:
        """(place of the text, another spelling of it); none for a text that has no other."""
        chance = random.Random(_SEED)  # noqa: S311 - no secret
        for _ in range(times):
            for place, text in enumerate(texts):
                other = " ".join(self._word(word, chance) for word in text.split(" "))
                if other != text:
                    yield place, other

    def _word(self, word: str, chance: random.Random) -> str:
        # a word's first letter is what readers hold on to
        fitting = [(a, b) for a, b in self._pairs if a in word[1:]]
        if not fitting or chance.random() >= _SHARE:
            return word
        one, other = chance.choice(fitting)
        return word[0] + word[1:].replace(one, other, 1)
