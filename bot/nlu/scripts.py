"""Which writing system each word of a message is in.

Stands in step 2 of the message path: where the script decides the language, nothing else is asked.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# A word is a run of letters with their marks; scripts without spaces give one long run.
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u200c\u200d])+")
_UNICODE_NAMES = {"CJK": "Han", "HIRAGANA": "Kana", "KATAKANA": "Kana"}


@lru_cache(maxsize=4096)
def script_of(char: str) -> str:
    """Name of a letter's script as languages.yml writes it: "Latin", "Bengali", "Han"."""
    first = unicodedata.name(char, "UNKNOWN").split()[0]
    return _UNICODE_NAMES.get(first, first.capitalize())


def words(text: str) -> list[tuple[str, str]]:
    """(word, script) in order; a run of letters that mixes scripts is cut where they change."""
    found: list[tuple[str, str]] = []
    for run in _WORD.findall(text):
        piece, script = "", ""
        for char in run:
            is_mark = unicodedata.category(char)[0] in "MC"
            now = script if is_mark and script else script_of(char)
            if now != script and piece:
                found.append((piece, script))
                piece = ""
            piece, script = piece + char, now
        if piece:
            found.append((piece, script))
    return found
