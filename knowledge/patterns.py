"""The pattern language of red_flags/<lang>.yml, which staff can read, as regular expressions.

Stands under step 4 of the message path, where emergencies are found by rule.

    <group>   one of the words that the file lists under `groups`
    word~     the word with any ending ("numb~" is numb, numbness)
    ...       up to six words in between, within one sentence
    a|b (a|b)? \\d   mean what they mean in regular expressions
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.normalise import normalise_pattern

# Python's \w leaves out the vowel signs of Indic scripts, which are parts of letters.
_LETTER = r"[\w\u0900-\u0dff]"
_GROUP = re.compile(r"<([\w-]+)>")


class PatternError(ValueError):
    """A pattern cannot be used; the message says why."""


def expand(pattern: str, groups: Mapping[str, str], spaced: bool) -> str:
    """Translate one pattern; `spaced` tells whether the script puts spaces between words.

    Raises:
        PatternError: an unknown group, or not a regular expression.
    """
    text = _fill_groups(pattern, groups, depth=0)
    text = normalise_pattern(text).strip()
    if spaced:
        gap = rf"(?: (?:,|{_LETTER}+)){{0,6}}? "
        text = re.sub(r"\s*\.\.\.\s*", lambda _: gap, text)
        text = text.replace("~", f"{_LETTER}*")
        text = f"(?<!{_LETTER})(?:{text})(?!{_LETTER})"
    else:
        text = re.sub(r"\s*\.\.\.\s*", lambda _: "[^.?]{0,12}?", text)
        text = text.replace("~", f"{_LETTER}*")
    try:
        compiled = re.compile(text)
    except re.error as error:
        raise PatternError(f"is not a regular expression: {error}") from error
    if compiled.search("") or compiled.search(" "):
        raise PatternError("would match every message: an alternative in it is empty")
    return text


def _fill_groups(pattern: str, groups: Mapping[str, str], depth: int) -> str:
    if depth > 5:
        raise PatternError("groups refer to each other in a circle")

    def fill(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in groups:
            raise PatternError(f"<{name}> is not under `groups`")
        return f"(?:{_fill_groups(groups[name], groups, depth + 1)})"

    return _GROUP.sub(fill, pattern)
