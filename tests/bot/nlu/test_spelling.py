"""Mistyped words are read as those that patients use; other words are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.spelling import Spelling

USED = {
    "sessions": 300,
    "session": 500,
    "injection": 900,
    "injecton": 2,
    "many": 200,
    "safe": 100,
    "avec": 400,
    "want": 300,
    "gout": 3,
    "out": 100,
    "très": 90,
    "été": 80,
    "rarely": 4,
}
SPELLING = Spelling(USED, {"many", "dangerous", "gout", "tres", "ete"})


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        ("hw many sesions", "hw many sessions"),
        ("is it saef", "is it safe"),
        ("SAFFE?", "safe?"),
        ("an injecton, pls", "an injection, pls"),  # used by others, but very seldom
        ("injectoin", "injection"),
        ("ça fait tres mal", "ça fait très mal"),  # known, but for its accents
    ],
)
def test_corrected(typed: str, reading: str) -> None:
    assert SPELLING.read(typed) == reading


@pytest.mark.parametrize(
    "typed",
    [
        "an AVC at 60",  # a stroke in French, and no "avec"
        "a wart",  # another letter in a short word is another word
        "my gout",  # known
        "été",  # with its accents
        "dangerous",
        "rarly",  # near a word that patients do not use often enough
        "a 5 mg dose",
        "সেশন কতবার",
        "",
    ],
)
def test_left_alone(typed: str) -> None:
    assert SPELLING.read(typed) == typed


@given(st.text(max_size=80))
def test_any_text_is_read_and_twice_is_as_once(text: str) -> None:
    once = SPELLING.read(text)
    assert SPELLING.read(once) == once
