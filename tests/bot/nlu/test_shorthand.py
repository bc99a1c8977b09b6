"""Shorthand of chats is spelled out; names, quantities and words in full are left alone."""

from __future__ import annotations

import pytest

from bot.nlu.shorthand import Shorthand
from bot.nlu.word_files import read_words


@pytest.mark.parametrize(
    ("language", "typed", "reading"),
    [
        ("fr", "cb de séances svp", "combien de séances s'il vous plaît"),
        ("fr", "C koi le gluta ?", "c'est quoi le gluta ?"),
        ("fr", "g mal", "j'ai mal"),
        ("fr", "5 g de glutathion", "5 g de glutathion"),
        ("fr", "vitamine c et gluta", "vitamine C et gluta"),
        ("fr", "c'est-à-dire", "c'est-à-dire"),
        ("en", "wats ur price b4 tmrw pls", "what's your price before tomorrow please"),
        ("en", "an IM injection for u", "an IM injection for you"),
        ("en", "your curtains", "your curtains"),
    ],
)
def test_reading(language: str, typed: str, reading: str) -> None:
    assert Shorthand(read_words()[language].shorthand).read(typed) == reading
