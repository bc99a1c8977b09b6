"""Finds emergencies by rule: the patterns of red_flags/ over a normalised message.

Stands in step 4 of the message path, before the classifier's opinion counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.model import KnowledgeBase, RedFlag
from knowledge.normalise import normalise

_CUT = " . "  # no pattern's `...` reaches over a sentence end


@dataclass(frozen=True)
class Emergency:
    """What the rules found in one message; ids are those of red_flags/."""

    present: str | None = None  # danger now
    mentioned: str | None = None  # the word only, in a general question


@dataclass(frozen=True)
class _Rule:
    flag: str
    pattern: re.Pattern[str]
    unless: tuple[re.Pattern[str], ...]
    questions: tuple[re.Pattern[str], ...]


class EmergencyFinder:
    """Compiled once per process; `find` is called for every message."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._rules = tuple(_rule(flag) for flags in kb.red_flags.values() for flag in flags)

    def find(self, text: str) -> Emergency:
        """Look for emergencies in a message as typed, in every language at once."""
        normal = normalise(text)
        mentioned: str | None = None
        for rule in self._rules:
            if not rule.pattern.search(normal):
                continue
            kept = _without(rule.unless, normal)
            if not rule.pattern.search(kept):
                continue
            if rule.pattern.search(_without(rule.questions, kept)):
                return Emergency(present=rule.flag)
            mentioned = mentioned or rule.flag
        return Emergency(mentioned=mentioned)


def _rule(flag: RedFlag) -> _Rule:
    return _Rule(
        flag.id,
        re.compile("|".join(flag.patterns)),
        tuple(re.compile(pattern) for pattern in flag.unless),
        tuple(re.compile(pattern) for pattern in flag.questions),
    )


def _without(harmless: Iterable[re.Pattern[str]], text: str) -> str:
    for pattern in harmless:
        text = pattern.sub(_CUT, text)
    return text
