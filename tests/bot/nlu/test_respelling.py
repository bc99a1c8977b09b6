"""Training examples in other spellings: always the same ones, and read like the first."""

from __future__ import annotations

from bot.nlu.respelling import Respeller
from bot.nlu.romanised import Letters

TEXTS = ["koto din por por session nite hobe", "byatha lage naki", "na"]


def test_other_spellings_are_the_same_each_time() -> None:
    respeller = Respeller(Letters.read("bn-Latn"))
    once, again = (list(respeller.respell(TEXTS, 3)) for _ in range(2))
    assert once == again
    assert {place for place, _ in once} == {0, 1}  # "na" has no other spelling
    assert len({text for _, text in once}) > 2


def test_one_spelling_in_a_word_changes_and_never_its_first_letter() -> None:
    letters = Letters.read("bn-Latn")
    pairs = {pair for a, b in letters.alike for pair in ((a, b), (b, a))}
    for place, text in Respeller(letters).respell(TEXTS, 5):
        for word, other in zip(TEXTS[place].split(), text.split(), strict=True):
            ways = {word[0] + word[1:].replace(a, b, 1) for a, b in pairs}
            assert other in ways
