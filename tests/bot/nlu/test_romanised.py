"""Banglish read in Bengali script."""

from __future__ import annotations

import pytest

from bot.nlu.romanised import Letters, Romanised, Spelling, read_spellings


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters.read("bn-Latn")


@pytest.mark.parametrize(
    ("native", "latin"),
    [("কত", "kot"), ("লাগবে", "lagobe"), ("ব্যথা", "bytha"), ("দিন", "din"), ("ক্ষতি", "kshoti")],
)
def test_romanises_words_as_they_sound(letters: Letters, native: str, latin: str) -> None:
    assert letters.romanise(native) == latin


@pytest.mark.parametrize(
    ("one", "other"), [("chhele", "cele"), ("shui", "sui"), ("zabe", "jabe"), ("bhalo", "balo")]
)
def test_spellings_that_writers_mix_are_alike(letters: Letters, one: str, other: str) -> None:
    assert letters.simplify(one) == letters.simplify(other)


def test_reads_a_question(letters: Letters) -> None:
    reader = Romanised(letters, read_spellings("bn-Latn"), {"সুঁই": 5, "কোমর": 3}, {"session": 9})
    assert reader.read("Koto din lagbe?") == "কত দিন লাগবে?"
    assert reader.read("shui") == "সুঁই"  # not in the table: sounds like a word of patients
    assert reader.read("komor") == "কোমর"
    assert reader.read("session koyta").startswith("session ")
    assert reader.read("xqzt") == "xqzt"


def test_a_spelling_that_is_usual_in_the_language_is_not_kept_as_english(letters: Letters) -> None:
    spellings = {"to": Spelling("তো", 50), "din": Spelling("দিন", 50)}
    reader = Romanised(letters, spellings, {}, {"to": 1, "the": 99, "safe": 5})
    assert reader.read("to din safe") == "তো দিন safe"
