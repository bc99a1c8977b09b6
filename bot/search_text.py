"""Words of a text as the console's search compares them, in every script.

Written beside the transcript (step 10 of the message path), asked by the console's inbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.normalise import fold, normalise

LONGEST = 40  # characters of one token; longer ones are noise
MOST = 2000  # tokens of one conversation

# Chinese is written without spaces: overlapping pairs of characters stand for words.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{_HAN}]+|[^\s.?,{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")


def tokens(text: str) -> list[str]:
    """Search tokens of a text, in order and with repeats: folded words, pairs of Chinese."""
    found: list[str] = []
    for piece in _PIECE.findall(fold(normalise(text))):
        if not _IS_HAN.match(piece):
            found.append(piece[:LONGEST])
        elif len(piece) == 1:
            found.append(piece)
        else:
            found.extend(piece[place : place + 2] for place in range(len(piece) - 1))
    return found


def merge(stored: str, texts: Iterable[str]) -> str:
    """The stored tokens of a conversation with those of more texts added, each once."""
    known = dict.fromkeys(stored.split())
    for text in texts:
        known.update(dict.fromkeys(tokens(text)))
    return " ".join(list(known)[:MOST])
