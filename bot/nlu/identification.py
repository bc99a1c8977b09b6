"""Decides which language a message is in, or that it does not tell.

Stands in step 2 of the message path, behind `bot.nlu.language`, which holds the conversation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from bot.nlu.profiles import LetterModels
from bot.nlu.scripts import words
from knowledge.model import Language
from knowledge.normalise import fold


@dataclass(frozen=True)
class Limits:
    """When to decide and when to abstain; the values come from config.yml."""

    decide: float = 0.70  # probability from which on a message decides the language
    refuse: float = 0.90  # probability from which on a language counts as one that we lack
    foreign_share: float = 0.06  # messages expected in languages that we lack
    stay: float = 8.0  # how many times likelier the conversation's language is than by its prior
    native_share: float = 0.3  # words in Bengali or Han script that outweigh Latin names beside


@dataclass(frozen=True)
class Verdict:
    """`code` is a variety of ours or None; `foreign` a language that we lack, langdetect's code."""

    code: str | None
    confidence: float
    foreign: str | None = None


class Identifier:
    """Scripts first, then word and letter statistics of Latin-script languages."""

    def __init__(
        self,
        languages: Mapping[str, Language],
        letters: LetterModels,
        vocabulary: Mapping[str, Mapping[str, int]],
        limits: Limits | None = None,
    ) -> None:
        """`vocabulary` counts the words of patients' questions in each variety."""
        self._languages = languages
        self._letters = letters
        self._limits = limits or Limits()
        self._by_script: dict[str, list[str]] = {}
        for code, language in languages.items():
            self._by_script.setdefault(language.script, []).append(code)
        self._columns = {code: i for i, code in enumerate(letters.languages)}
        self._known = _word_shares(letters.languages, languages, vocabulary)

    def identify(self, text: str, current: str | None = None) -> Verdict:
        """Judge one message. `current` is the conversation's variety so far.

        Names of treatments must have been taken out by the caller: they are alike in every
        language.
        """
        found = words(text)
        weights: Counter[str] = Counter()
        for word, script in found:
            weights[script] += 1 if script not in ("Han", "Kana") else (len(word) + 1) // 2
        total = sum(weights.values())
        if not total:
            return Verdict(None, 0.0)
        if weights["Kana"]:  # Japanese mixes Kana with Han
            weights["Kana"] += weights.pop("Han", 0)
        for script, codes in self._by_script.items():
            if script != "Latin" and weights[script] / total >= self._limits.native_share:
                return Verdict(codes[0], 1.0)
        script = weights.most_common(1)[0][0]
        latin = [word for word, of in found if of == script]
        if script in self._by_script:
            return self._by_letters(latin, self._by_script[script], current)
        return Verdict(None, 0.0, foreign=self._nearest(latin, script))

    def _by_letters(self, found: list[str], ours: list[str], current: str | None) -> Verdict:
        scores = self._log_prior(ours, current)
        for word in found:
            scores += self._score(word)
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        mine = [self._columns[code] for code in ours]
        best = int(shares.argmax())
        lacking = 1.0 - float(shares[mine].sum())
        if best not in mine:
            foreign = self._letters.languages[best] if lacking >= self._limits.refuse else None
            return Verdict(None, lacking, foreign=foreign)
        confidence = float(shares[best])
        decided = confidence >= self._limits.decide
        return Verdict(self._letters.languages[best] if decided else None, confidence)

    def _score(self, word: str) -> np.ndarray:
        shares, weight = self._known
        return np.logaddexp(
            np.log1p(-weight) + self._letters.score(word),
            np.log(weight * shares.get(fold(word.lower()), 0.0) + 1e-12),
        )

    def _log_prior(self, ours: list[str], current: str | None) -> np.ndarray:
        limits = self._limits
        others = len(self._columns) - len(ours)
        prior = np.full(len(self._columns), limits.foreign_share / others)
        of_ours = {code: self._languages[code].prior for code in ours}
        for code, share in of_ours.items():
            if current and self._related(code, current):
                share *= limits.stay
            prior[self._columns[code]] = share
        return np.log(prior / prior.sum())

    def _related(self, code: str, current: str) -> bool:
        """The same language, or the same in another script: Banglish after Bengali."""
        return code.split("-")[0] == current.split("-")[0]

    def _nearest(self, found: list[str], script: str) -> str:
        total = sum((self._letters.score(word) for word in found), np.zeros(len(self._columns)))
        mine = [self._columns[code] for code in self._languages if code in self._columns]
        total[mine] = -np.inf
        if not np.isfinite(total).any() or np.ptp(total[np.isfinite(total)]) == 0:
            return script.lower()
        return self._letters.languages[int(total.argmax())]


def _word_shares(
    codes: tuple[str, ...],
    languages: Mapping[str, Language],
    vocabulary: Mapping[str, Mapping[str, int]],
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """How often a known word stands in each language, and how far that is to be believed.

    For our varieties, words of patients' questions; for all, spaCy's lists of common words.
    """
    shares: dict[str, np.ndarray] = {}
    weight = np.full(len(codes), 1e-6)
    for column, code in enumerate(codes):
        counts = Counter(_common_words(code))
        for word, count in vocabulary.get(code, {}).items():
            counts[fold(word)] += count
        if not counts:
            continue
        total = sum(counts.values())
        weight[column] = 0.6 if code in vocabulary else 0.4
        for word, count in counts.items():
            shares.setdefault(word, np.zeros(len(codes)))[column] += count / total
    return shares, weight


def _common_words(code: str) -> Iterable[str]:
    try:
        module = import_module(f"spacy.lang.{code.split('-')[0]}.stop_words")
    except ModuleNotFoundError:
        return ()
    if "-" in code:  # spaCy's Bengali is in Bengali script
        return ()
    return {fold(word.lower()) for word in module.STOP_WORDS}
