"""Finds emergencies by rule: the patterns of red_flags/ over a normalised message.

Stands in step 4 of the message path, before the classifier's opinion counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from knowledge.model import KnowledgeBase, RedFlag, Rule
from knowledge.normalise import fold, normalise
from knowledge.patterns import FIRST_FOUND, FOUND

_CUT = " . "  # stands for what is taken out: no pattern's `...` reaches over a sentence end
_FOUND = re.compile(FOUND)


@dataclass(frozen=True)
class Emergency:
    """What the rules found in one message; ids are those of red_flags/."""

    present: str | None = None  # danger now
    mentioned: str | None = None  # the word only, in a general question


class EmergencyFinder:
    """Compiled once per process; `find` is called for every message."""

    def __init__(self, kb: KnowledgeBase) -> None:
        by_id: dict[str, list[RedFlag]] = {}
        for flags in kb.red_flags.values():
            for flag in flags:
                by_id.setdefault(flag.id, []).append(flag)
        self._flags = tuple(_Flag(name, flags) for name, flags in by_id.items())
        alike = {flag.alike for flags in by_id.values() for flag in flags if flag.alike}
        self._alike = [
            [(re.compile(typed), simple) for typed, simple in spellings] for spellings in alike
        ]

    def find(self, text: str) -> Emergency:
        """Look for emergencies in a message as typed, in every language at once."""
        normal = fold(normalise(text))  # as patterns are: frightened people leave accents out
        readings = dict.fromkeys([normal, *(_respelt(normal, alike) for alike in self._alike)])
        mentioned: str | None = None
        for flag in self._flags:
            # the words as typed count first: what makes them harmless was typed like that, too
            reading = next((reading for reading in readings if flag.matches(reading)), None)
            if reading is None:
                if mentioned is None and flag.mentioned(normal):
                    mentioned = flag.id
                continue
            kept = flag.without(flag.harmless, reading)
            if not flag.matches(kept):
                continue
            if flag.matches(flag.without(flag.questions, kept)):
                return Emergency(present=flag.id)
            mentioned = mentioned or flag.id
        return Emergency(mentioned=mentioned)


class _Flag:
    """One flag in all languages at once, since patients mix them in one message."""

    def __init__(self, name: str, flags: Iterable[RedFlag]) -> None:
        self.id = name
        self._alone: list[re.Pattern[str]] = []
        self._together: list[tuple[re.Pattern[str], ...]] = []
        self.harmless: list[re.Pattern[str]] = []
        self.questions: list[re.Pattern[str]] = []
        self._mentions: list[re.Pattern[str]] = []
        for flag in flags:
            compiled = [_compiled(rule) for rule in flag.patterns]
            self._alone += [rule[0] for rule in compiled if len(rule) == 1]
            self._together += [rule for rule in compiled if len(rule) > 1]
            self.harmless += [part for rule in flag.unless for part in _compiled(rule)]
            self.questions += [part for rule in flag.questions for part in _compiled(rule)]
            self._mentions += [part for rule in flag.mentions for part in _compiled(rule)]

    def matches(self, text: str) -> bool:
        """Whether a pattern matches."""
        if any(pattern.search(text) for pattern in self._alone):
            return True
        return any(all(part.search(text) for part in rule) for rule in self._together)

    def mentioned(self, text: str) -> bool:
        """Whether a word of the flag stands there, apart from what is said to be harmless."""
        if not any(pattern.search(text) for pattern in self._mentions):
            return False
        kept = self.without(self.harmless, text)
        return any(pattern.search(kept) for pattern in self._mentions)

    def without(self, patterns: Iterable[re.Pattern[str]], text: str) -> str:
        """The text without what the patterns match.

        Patterns with `<flag>` come last. They see one character of FOUND in place of each match
        of the flag's own patterns; of those joined by `&`, the first part stands for all.
        """
        with_flag: list[re.Pattern[str]] = []
        for pattern in patterns:
            if FOUND in pattern.pattern:
                with_flag.append(pattern)
            else:
                text = pattern.sub(_CUT, text)
        marked, found = self._marked(text)
        for pattern in with_flag:
            marked = pattern.sub(_CUT, marked)
        return _FOUND.sub(lambda mark: found[ord(mark.group()) - FIRST_FOUND], marked)

    def _marked(self, text: str) -> tuple[str, list[str]]:
        """The text with one character of FOUND for each match, and what these stand for.

        Matches that overlap are one: in "he fell, no pulse" the "no" belongs to the flag.
        """
        own = [*self._alone, *(rule[0] for rule in self._together)]
        spans = sorted(match.span() for pattern in own for match in pattern.finditer(text))
        merged: list[tuple[int, int]] = []
        for start, end in spans:
            if merged and start < merged[-1][1]:
                start, end = merged[-1][0], max(end, merged.pop()[1])
            merged.append((start, end))
        found = [text[start:end] for start, end in merged]
        for number, (start, end) in reversed(list(enumerate(merged))):
            text = text[:start] + chr(FIRST_FOUND + number) + text[end:]
        return text, found


def _respelt(text: str, alike: Iterable[tuple[re.Pattern[str], str]]) -> str:
    for typed, simple in alike:
        text = typed.sub(simple, text)
    return text


@cache  # the flags of a language share most of `unless` and `questions`
def _compiled(rule: Rule) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(part) for part in rule)
