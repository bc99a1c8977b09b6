"""Finds known names in a message: typos, word endings and joined words allowed, longest first.

Stands in step 4 of the message path, behind the treatment matcher.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from knowledge.model import KnowledgeBase
from knowledge.normalise import fold, normalise_with_offsets

# Words, numbers, and each character of scripts that put no spaces between words.
_TOKEN = re.compile(
    "[\u3400-\u9fff\U00020000-\U0003ffff]"
    "|[a-z\u00df-\u024f]+"
    "|[0-9]+"
    "|(?:[^\\W\\d_]|[\u0300-\u036f\u0900-\u0dff])+"
)
_CLAUSE_END = re.compile(r"\s*(?:[.?!,;:)\n]|$)")
_MOST_TYPOS = 2
_IDEOGRAPH = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Name:
    """One spelling and what it stands for."""

    value: str
    spelling: str
    # also an everyday word ("il" in French): counts only in capitals, or where nothing follows
    abbreviation: bool = False


@dataclass(frozen=True)
class Match:
    value: str
    start: int  # in the text as typed
    end: int
    typed: str
    exact: bool


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int


class NameMatcher:
    """Compiled once per process; `find` is called for every message."""

    def __init__(
        self, names: Iterable[Name], endings: Sequence[str] = (), ordinary: Iterable[str] = ()
    ) -> None:
        """Take the names to look for.

        `endings` are what a language may add to a word: plural signs, case endings. `ordinary`
        words look like names, such as "injection" like "infection", and are never typos of one.
        """
        self._ordinary = {_clean(word) for word in ordinary}
        self._words: dict[str, list[tuple[str, ...]]] = defaultdict(list)  # joined -> its words
        self._exact: dict[str, str] = {}
        self._spaced: dict[str, set[int]] = defaultdict(
            set
        )  # joined -> word counts it was given in
        # names of a first letter and length, each with the typos that it allows
        self._near: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
        self._guarded: set[str] = set()  # joined names that are everyday words, too
        self._longest = 1
        self._endings = frozenset({_clean(ending) for ending in endings} - {""})
        self._lengths = sorted({len(ending) for ending in self._endings}, reverse=True)
        for name in names:
            tokens = _tokens(name.spelling)
            joined = "".join(token.text for token in tokens)
            if not joined:
                continue
            self._exact.setdefault(joined, name.value)
            if name.abbreviation:
                self._guarded.add(joined)
            self._spaced[joined].add(len(tokens))
            self._words[joined].append(tuple(token.text for token in tokens))
            self._longest = max(self._longest, len(tokens))
        longest = max(map(len, self._exact), default=0)
        self._starts = {name[:size] for name in self._exact for size in (1, 3)}
        self._most_letters = longest + max(self._lengths, default=0) + _MOST_TYPOS
        for joined in self._exact:
            allowed = _allowed_typos(joined)
            if allowed and joined not in self._guarded:
                self._near[joined[0], len(joined)].append((joined, allowed))

    def find(self, text: str) -> list[Match]:
        """All names in a text in order, none overlapping."""
        tokens = _tokens(text)
        taken: list[Match] = []
        used = [False] * len(tokens)
        for fuzzy in (False, True):
            for size in range(min(self._longest + 1, len(tokens)), 0, -1):
                for first in range(len(tokens) - size + 1):
                    if any(used[first : first + size]):
                        continue
                    window = tokens[first : first + size]
                    value = self._look_up(window, fuzzy)
                    start, end = window[0].start, window[-1].end
                    if value is None or not self._meant(text, window):
                        continue
                    used[first : first + size] = [True] * size
                    taken.append(Match(value, start, end, text[start:end], not fuzzy))
        return sorted(taken, key=lambda match: match.start)

    def _look_up(self, window: Sequence[_Token], fuzzy: bool) -> str | None:
        joined = "".join(token.text for token in window)
        # no name begins so, or is so long: true of most windows, and soon seen
        if len(joined) > self._most_letters or joined[: 1 if fuzzy else 3] not in self._starts:
            return None
        if fuzzy and (not _allowed_typos(joined) or self._is_ordinary(joined)):
            return None
        for candidate in self._stems(joined):
            name = self._nearest(candidate) if fuzzy else candidate
            if name not in self._exact or (fuzzy and not self._alike(window, name)):
                continue
            # "i l" must not become "il": short names only as they were given
            if len(name) >= 6 or len(window) in self._spaced[name] or _IDEOGRAPH.search(name):
                return self._exact[name]
        return None

    def _meant(self, text: str, window: Sequence[_Token]) -> bool:
        """Whether an abbreviation that is an everyday word, too, stands for the treatment here.

        Capitals say so, unless all is in capitals; else it must end a clause behind another word
        of its name, or be all there is: "l'injection il ?", but not "après l'injection il faut".
        """
        if "".join(token.text for token in window) not in self._guarded:
            return True
        before, after = text[: window[0].start], text[window[-1].end :]
        typed = text[window[-1].start : window[-1].end]
        if typed.isupper() and not (before + after).isupper():
            return True
        ends = _CLAUSE_END.match(after) is not None
        return ends and (len(window) > 1 or not any(map(str.isalpha, before)))

    def _is_ordinary(self, word: str) -> bool:
        return any(stem in self._ordinary for stem in self._stems(word))

    def _alike(self, window: Sequence[_Token], name: str) -> bool:
        """Whether the typos are spread as in real typing: "is injection" is no "IL injection".

        A word of a name in several words may have one typo from five letters on: "scan injection"
        is no "scar injection".
        """
        if len(window) == 1 or any(len(words) == 1 for words in self._words[name]):
            return True
        if len(name) >= 5 and all(map(_IDEOGRAPH.match, name)):  # each sign is a token
            return True
        same = [words for words in self._words[name] if len(words) == len(window)]
        return any(
            all(
                OSA.distance(token.text, word) <= max(_allowed_typos(word), len(word) > 4)
                or any(stem == word for stem in self._stems(token.text))
                for token, word in zip(window, words, strict=True)
            )
            for words in same
        )

    def _stems(self, joined: str) -> Iterable[str]:
        """The word itself, then without each ending that it carries."""
        yield joined
        for length in self._lengths:
            if len(joined) - length >= 3 and joined[-length:] in self._endings:
                yield joined[:-length]

    def _nearest(self, joined: str) -> str:
        """The closest name within the typos that its length allows, else an empty text."""
        allowed = _allowed_typos(joined)
        best, least = "", allowed + 1
        if not allowed:
            return best
        for length in range(len(joined) - allowed, len(joined) + allowed + 1):
            for name, allowed_there in self._near.get((joined[0], length), ()):
                limit = min(allowed, allowed_there)
                typos = OSA.distance(joined, name, score_cutoff=min(limit, least))
                if typos <= limit and typos < least:
                    best, least = name, typos
        return best


def _allowed_typos(joined: str) -> int:
    """More in longer names; an ideograph is worth two letters."""
    size = len(joined) * (2 if _IDEOGRAPH.search(joined) else 1)
    if size >= 11:
        return _MOST_TYPOS if not _IDEOGRAPH.search(joined) else 1
    return 1 if size >= 7 else 0


def _clean(text: str) -> str:
    return "".join(token.text for token in _tokens(text))


@lru_cache(maxsize=16)  # a message meets many matchers
def _tokens(text: str) -> tuple[_Token, ...]:
    normal, offsets = normalise_with_offsets(text)
    return tuple(
        _Token(fold(found.group()), offsets[found.start()], _end(text, offsets[found.end()]))
        for found in _TOKEN.finditer(normal)
    )


def _end(text: str, place: int) -> int:
    """The end of the word that ends before `place`, its marks included."""
    while place and unicodedata.category(text[place - 1])[0] not in "LMN":
        place -= 1
    return place


def treatment_names(kb: KnowledgeBase) -> list[Name]:
    """Every name of every treatment, in all languages at once: patients mix them."""
    return [
        Name(treatment.id, spelling)
        for treatment in kb.treatments.values()
        for words in treatment.words.values()
        for spelling in (words.name, words.short_name, *words.aliases)
    ]


def condition_names(kb: KnowledgeBase) -> list[Name]:
    """Every name of every health condition."""
    return [
        Name(condition.id, spelling)
        for condition in kb.conditions.values()
        for spellings in (*condition.aliases.values(), condition.names.values())
        for spelling in spellings
    ]


def foreign_names(not_offered: Mapping[str, Sequence[str]]) -> list[Name]:
    """Treatments that are not ours, under an empty id."""
    return [Name("", name) for names in not_offered.values() for name in names]


def all_treatment_names(kb: KnowledgeBase) -> list[Name]:
    """What stands for a treatment, ours or not, abbreviations that are everyday words included."""
    abbreviations = [
        Name(treatment.id, spelling, abbreviation=True)
        for treatment in kb.treatments.values()
        for words in treatment.words.values()
        for spelling in words.abbreviations
    ]
    return [*treatment_names(kb), *abbreviations, *foreign_names(kb.not_offered)]


class CueMatcher:
    """The treatment that a message describes without a name: "the needle in my scar".

    Each treatment has lists of words; a word of each of its lists must stand in the message, of
    any language, and no other treatment may be described as well.
    """

    def __init__(self, kb: KnowledgeBase, endings: Sequence[str] = ()) -> None:
        self._lists: dict[str, list[NameMatcher]] = {}
        for treatment in kb.treatments.values():
            lists = zip(
                *(words.cues for words in treatment.words.values() if words.cues), strict=True
            )
            matchers = [
                NameMatcher((Name(treatment.id, cue) for part in parts for cue in part), endings)
                for parts in lists
            ]
            if matchers:
                self._lists[treatment.id] = matchers

    def find(self, text: str) -> Match | None:
        """The treatment, at the place of the first list's word."""
        described = []
        for matchers in self._lists.values():
            first, *others = matchers
            found = first.find(text)
            if found and all(matcher.find(text) for matcher in others):
                described.append(found[0])
        return described[0] if len(described) == 1 else None
