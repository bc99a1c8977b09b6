"""Finds emergencies by rule: the patterns of red_flags/ over a normalised message.

Stands in step 4 of the message path, before the classifier's opinion counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from knowledge.model import KnowledgeBase, RedFlag, Rule
from knowledge.normalise import normalise
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

    def find(self, text: str) -> Emergency:
        """Look for emergencies in a message as typed, in every language at once."""
        normal = normalise(text)
        mentioned: str | None = None
        for flag in self._flags:
            if not flag.matches(normal):
                continue
            kept = flag.without(flag.harmless, normal)
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
        for flag in flags:
            alone = [rule[0] for rule in flag.patterns if len(rule) == 1]
            if alone:
                self._alone.append(re.compile("|".join(alone)))
            self._together += [_compiled(rule) for rule in flag.patterns if len(rule) > 1]
            self.harmless += [part for rule in flag.unless for part in _compiled(rule)]
            self.questions += [part for rule in flag.questions for part in _compiled(rule)]

    def matches(self, text: str) -> bool:
        """Whether a pattern matches."""
        if any(pattern.search(text) for pattern in self._alone):
            return True
        return any(all(part.search(text) for part in rule) for rule in self._together)

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
        found: list[str] = []
        for own in [*self._alone, *(rule[0] for rule in self._together)]:
            text = own.sub(_marker(found), text)
        for pattern in with_flag:
            text = pattern.sub(_CUT, text)
        while _FOUND.search(text):  # a match may hold an earlier one
            text = _FOUND.sub(lambda mark: found[ord(mark.group()) - FIRST_FOUND], text)
        return text


def _marker(found: list[str]) -> Callable[[re.Match[str]], str]:
    def mark(match: re.Match[str]) -> str:
        found.append(match.group())
        return chr(FIRST_FOUND + len(found) - 1)

    return mark


@cache  # the flags of a language share most of `unless` and `questions`
def _compiled(rule: Rule) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(part) for part in rule)
