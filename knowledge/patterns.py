"""The pattern language of red_flags/<lang>.yml, which staff can read, as regular expressions.

Stands under step 4 of the message path, where emergencies are found by rule. Capitals and the
accents of Latin letters do not matter, neither in patterns nor in messages.

    <group>      one of the words that the file lists under `groups`
    word~        the word with any ending ("numb~" is numb, numbness)
    ..           up to two words in between (up to four characters where words are not spaced)
    ...          up to six words in between (up to twelve), within one sentence
    one & other  both somewhere in the message, in any order; begin with the symptom
    (a|b) c? \\d  mean what they mean in regular expressions
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.normalise import fold, normalise_pattern

# Python's \w leaves out the vowel signs of Indic scripts, which are parts of letters.
_LETTER = r"[\w\u0900-\u0dff]"
_GROUP = re.compile(r"<([\w-]+)>")
_GAPS = re.compile(r"\s*(\.{3}|(?<!\.)\.{2}(?!\.))\s*")
# In `unless` and `questions`, each place that a flag's pattern matched is one such character.
FIRST_FOUND = 0xE000
FOUND = "[\ue000-\uf8ff]"

_WORDS = {"..": 2, "...": 6}
_CHARACTERS = {"..": 4, "...": 12}


class PatternError(ValueError):
    """A pattern cannot be used; the message says why."""


def expand(pattern: str, groups: Mapping[str, str], spaced: bool) -> tuple[str, ...]:
    """Translate one pattern into the regular expressions that must all match, mostly one.

    `spaced` tells whether the script puts spaces between words.

    Raises:
        PatternError: an unknown group.
    """
    return tuple(_part(part, groups, spaced) for part in pattern.split(" & "))


def verify(rule: tuple[str, ...]) -> None:
    """Try a translated pattern; takes too long to be done at every start.

    Raises:
        PatternError: not a regular expression, or one that matches every message.
    """
    for part in rule:
        try:
            compiled = re.compile(part)
        except re.error as error:
            raise PatternError(f"is not a regular expression: {error}") from error
        if compiled.search("") or compiled.search(" "):
            raise PatternError("would match every message: an alternative in it is empty")


def flag_words(joining: str | None, spaced: bool) -> str:
    """What `<flag>` stands for: one found place, or several with only "or" or commas between."""
    between = f"{joining}|," if joining else ","
    space = " " if spaced else " ?"
    return f"{FOUND}(?:{space}(?:(?:{between}){space})*{FOUND})*"


def _part(pattern: str, groups: Mapping[str, str], spaced: bool) -> str:
    text = fold(normalise_pattern(_fill_groups(pattern, groups, depth=0))).strip()
    text = _GAPS.sub(lambda found: _gap(found.group(1), spaced), text)
    text = text.replace("~", f"{_LETTER}*")
    if not spaced:
        return f"(?:{text})"
    return f"(?<!{_LETTER})(?:{text})(?!{_LETTER})"


def _gap(dots: str, spaced: bool) -> str:
    if spaced:
        return rf"(?: (?:,|{_LETTER}+)){{0,{_WORDS[dots]}}}? "
    return f"[^.?]{{0,{_CHARACTERS[dots]}}}?"


def _fill_groups(pattern: str, groups: Mapping[str, str], depth: int) -> str:
    if depth > 8:
        raise PatternError("groups refer to each other in a circle")

    def fill(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in groups:
            raise PatternError(f"<{name}> is not under `groups`")
        return f"(?:{_fill_groups(groups[name], groups, depth + 1)})"

    return _GROUP.sub(fill, pattern)
