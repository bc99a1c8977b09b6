"""Spells out what people shorten in chats: "cb" is "combien", "pls" is "please".

Between steps 3 and 5 of the message path: a sentence encoder does not know such spellings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping


class Shorthand:
    """The shorthand of one language, from its file in `words/`."""

    def __init__(self, words: Mapping[str, str]) -> None:
        """`words`: what is typed in small letters -> what it stands for."""
        self._words = words
        longest_first = sorted(map(re.escape, words), key=len, reverse=True)
        # "c" is no word of its own in "c'est", and "5 g" is a quantity
        self._typed = re.compile(
            rf"(?<![\w'’-])(?:(?P<quantity>\d+ [a-z])|{'|'.join(longest_first)})(?![\w'’-])",
            re.IGNORECASE,
        )

    def read(self, text: str) -> str:
        """The text with its shorthand spelled out."""
        return self._typed.sub(self._spelled_out, text)

    def _spelled_out(self, found: re.Match[str]) -> str:
        typed = found.group()
        # what stands in capitals is a name: "CT", "IM"
        if found["quantity"] or (len(typed) > 1 and typed.isupper()):
            return typed
        return self._words[typed.lower()]
