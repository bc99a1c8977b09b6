"""The one normalisation under every match of words: what two spellings share.

Stands before step 4 of the message path; names, aliases and red-flag patterns go through it too.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

_TRADITIONAL = Path(__file__).with_name("traditional_chinese.txt")

_IGNORED = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\ufe00-\ufe0f\u202a-\u202e\u09cd\u0981]")
# What people type one for the other: long and short i and u, both n, letters with a dot below.
_BENGALI = str.maketrans(
    "\u09c0\u09c2\u0988\u098a\u09a3", "\u09bf\u09c1\u0987\u0989\u09a8", "\u09bc"
)
_SENTENCE_ENDS = {
    **dict.fromkeys(".!;\n\r।॥。｡…", "."),
    **dict.fromkeys("?؟", "?"),
    **dict.fromkeys(",，、:", ","),
}
_RUN = re.compile(r"([^\W\d_])\1{2,}")


def normalise(text: str) -> str:
    """Bring a text into the form in which words are compared.

    Small letters, ASCII digits, Simplified characters, one form for the spellings that Bengali
    typists mix, words apart by one space. Of the punctuation only sentence ends stay, as the
    separate words `.`, `?` and `,`; hyphens, apostrophes, symbols and emoji become spaces.
    Accents stay: see `fold`.
    """
    return normalise_with_offsets(text)[0]


def normalise_with_offsets(text: str) -> tuple[str, tuple[int, ...]]:
    """`normalise`, and for each character of the result where in `text` it comes from.

    A match at [a, b) of the result covers text[offsets[a]:offsets[b]]; the offsets have one
    entry more than the result, which is len(text).
    """
    out: list[str] = []
    offsets: list[int] = []
    for start, cluster in _clusters(text):
        for char in _letters(cluster):
            if not (char.isalnum() or unicodedata.category(char).startswith("M")):
                if _joins_acronym(text, start, char):
                    continue
                char = _SENTENCE_ENDS.get(char, " ")
            spaced = f" {char} " if char in ".?," else char
            for piece in spaced:
                if piece == " " and (not out or out[-1] == " "):
                    continue
                out.append(piece)
                offsets.append(start)
    if out and out[-1] == " ":
        out.pop()
        offsets.pop()
    return _shorten_runs("".join(out), [*offsets, len(text)])


def fold(text: str) -> str:
    """Strip the accents of Latin letters from a normalised text: "lésion" -> "lesion".

    Marks of other scripts are letters' parts and stay.
    """
    out: list[str] = []
    for char in text.replace("\u0153", "oe").replace("\u00e6", "ae"):
        base = unicodedata.normalize("NFD", char)[0]
        out.append(base if base.isascii() else char)
    return "".join(out)


def normalise_pattern(pattern: str) -> str:
    """Normalise the letters of a regular expression, leaving its signs as they are."""
    return re.sub(
        r"[^\x00-\x7f]+|(?<!\\)[A-Z]",
        lambda found: "".join(_letters(found.group())),
        pattern,
    )


def _clusters(text: str) -> list[tuple[int, str]]:
    """Base characters with the marks that follow them, each with its place in the text."""
    clusters: list[tuple[int, str]] = []
    for place, char in enumerate(text):
        if clusters and unicodedata.category(char).startswith("M"):
            start, cluster = clusters[-1]
            clusters[-1] = (start, cluster + char)
        else:
            clusters.append((place, char))
    return clusters


def _letters(cluster: str) -> str:
    text = unicodedata.normalize("NFKC", cluster).casefold()
    text = _IGNORED.sub("", unicodedata.normalize("NFC", text)).translate(_BENGALI)
    if text.isascii():
        return text
    simplified = _simplified()
    return "".join(
        simplified.get(char, str(unicodedata.decimal(char, char)))  # digits of any script
        for char in text
    )


def _joins_acronym(text: str, place: int, char: str) -> bool:
    """Whether this is a dot of "i.v." or "c.t. scan", which patients also write "iv", "ct"."""
    if char != "." or place == 0 or not text[place - 1].isalpha():
        return False
    if place >= 3 and text[place - 2] == "." and text[place - 3].isalpha():
        return True
    alone = place < 2 or not text[place - 2].isalnum()
    return alone and text[place + 1 : place + 2].isalpha()


def _shorten_runs(text: str, offsets: list[int]) -> tuple[str, tuple[int, ...]]:
    """Write a letter held down ("heeelp") once."""
    for run in reversed(list(_RUN.finditer(text))):
        text = text[: run.start() + 1] + text[run.end() :]
        del offsets[run.start() + 1 : run.end()]
    return text, tuple(offsets)


@lru_cache(maxsize=1)
def _simplified() -> dict[str, str]:
    lines = _TRADITIONAL.read_text(encoding="utf-8").splitlines()
    pairs = (pair for line in lines if not line.startswith("#") for pair in line.split())
    return {pair[0]: pair[1] for pair in pairs}
