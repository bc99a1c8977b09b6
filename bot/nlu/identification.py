"""Decides which language a message is in, or that it does not tell.

Stands in step 2 of the message path, behind `bot.nlu.language`, which holds the conversation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA

from bot.nlu.profiles import LetterModels
from bot.nlu.scripts import words
from knowledge.model import Language
from knowledge.normalise import fold

_BELIEVED = 0.85  # how far a language's known words count against its letters
_MISTYPED = 0.01  # of a known word's uses, how many are mistyped in one given way
_MISTYPED_FROM = 4  # letters; shorter words are all near each other


@dataclass(frozen=True)
class Limits:
    """When to decide and when to abstain; the values come from config.yml."""

    decide: float = 0.60  # probability from which on a message decides the language
    refuse: float = 0.80  # probability from which on a language counts as one that we lack
    foreign_share: float = 0.12  # messages expected in languages that we lack
    stay: float = 8.0  # how many times likelier the conversation's language is than by its prior
    hint: float = 2.0  # the same for the page's language or the number's country
    switch: float = 0.85  # probability from which a word or two change the conversation's language
    borrowing: float = 1.0  # how much a borrowed word speaks for its lender, in log probability
    looks_lent: float = 2.0  # letters so much likelier in the lender mark a borrowed word, as log
    gibberish: float = -4.4  # log probability a letter, under which unknown words are no language
    native_share: float = 0.2  # words in Bengali or Han script that outweigh Latin names beside


@dataclass(frozen=True)
class Borrowing:
    """Words that one variety takes from another: alone they tell the lender, beside native words
    nothing."""

    borrower: str
    lender: str
    words: frozenset[str]


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
        common: Mapping[str, Mapping[str, float]],
        borrowed: Iterable[Borrowing] = (),
        limits: Limits | None = None,
    ) -> None:
        """`vocabulary` counts the words of patients' questions in each variety; `common` has the
        shares of each language's commonest words."""
        self._languages = languages
        self._letters = letters
        self._limits = limits or Limits()
        self._by_script: dict[str, list[str]] = {}
        for code, language in languages.items():
            self._by_script.setdefault(language.script, []).append(code)
        self._columns = {code: i for i, code in enumerate(letters.languages)}
        asked = {
            code: {w: n for w, n in counts.items() if n > 1 or not self._looks_hit_at_random([w])}
            for code, counts in vocabulary.items()
        }
        self._known = _word_shares(self._columns, asked, common)
        self._mistyped = _one_letter_less(self._known[0])
        self._borrowed = [
            (self._columns[b.borrower], self._columns[b.lender], b.words) for b in borrowed
        ]

    def identify(self, text: str, current: str | None = None, hint: str | None = None) -> Verdict:
        """Judge one message. `current` is the conversation's variety so far, `hint` the page's.

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
            return self._by_letters(latin, self._by_script[script], current, hint)
        return Verdict(None, 0.0, foreign=self._nearest(latin, script))

    def _by_letters(
        self, found: list[str], ours: list[str], current: str | None, hint: str | None
    ) -> Verdict:
        if self._is_gibberish(found):
            return Verdict(None, 0.0)
        scores = self._log_prior(ours, current, hint)
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
        code = self._letters.languages[best]
        few = len(found) <= 2 and current is not None and not _related(code, current)
        decided = confidence >= (self._limits.switch if few else self._limits.decide)
        return Verdict(code if decided else None, confidence)

    def _score(self, word: str) -> np.ndarray:
        shares, weight = self._known
        plain = fold(word.lower())
        by_letters = self._letters.score(word)
        known = np.full(len(weight), 1e-12)
        for column, share in shares.get(plain, ()):
            known[column] += weight[column] * share
        for word_meant in self._meant(plain):  # what one language knows may be another's mistake
            for column, share in shares[word_meant]:
                known[column] += weight[column] * share * _MISTYPED
        scores: np.ndarray = np.logaddexp(np.log1p(-weight) + by_letters, np.log(known))
        for borrower, lender, borrowed in self._borrowed:
            looks_lent = by_letters[lender] - by_letters[borrower] > self._limits.looks_lent
            if plain in borrowed or looks_lent:
                limit = scores[lender] - self._limits.borrowing
                scores[borrower] = np.clip(scores[borrower], limit - 1.0, limit)
        return scores

    def _is_gibberish(self, found: list[str]) -> bool:
        """Whether most words are unknown, with letters that follow each other as in no language."""
        unknown = [word for word in found if fold(word.lower()) not in self._known[0]]
        return 2 * len(unknown) > len(found) and self._looks_hit_at_random(unknown)

    def _looks_hit_at_random(self, found: list[str]) -> bool:
        letters = sum(len(word) + 1 for word in found)
        total = sum((self._letters.score(word) for word in found), np.zeros(len(self._columns)))
        return bool(total.max() < self._limits.gibberish * letters)

    def _meant(self, plain: str) -> set[str]:
        """The known words that one letter more, less, changed or swapped would give."""
        if len(plain) < _MISTYPED_FROM:
            return set()
        near = {plain, *_without_a_letter(plain)}
        candidates = {word for form in near for word in self._mistyped.get(form, ())}
        candidates |= {form for form in near if form in self._known[0] and len(form) > 3}
        return {word for word in candidates if OSA.distance(plain, word, score_cutoff=1) <= 1}

    def _log_prior(self, ours: list[str], current: str | None, hint: str | None) -> np.ndarray:
        limits = self._limits
        others = len(self._columns) - len(ours)
        prior = np.full(len(self._columns), limits.foreign_share / others)
        of_ours = {code: self._languages[code].prior for code in ours}
        for code, share in of_ours.items():
            if current and _related(code, current):
                share *= limits.stay
            elif hint and not current and _related(code, hint):
                share *= limits.hint
            prior[self._columns[code]] = share
        return np.log(prior / prior.sum())

    def _nearest(self, found: list[str], script: str) -> str:
        total = sum((self._letters.score(word) for word in found), np.zeros(len(self._columns)))
        mine = [self._columns[code] for code in self._languages if code in self._columns]
        total[mine] = -np.inf
        if not np.isfinite(total).any() or np.ptp(total[np.isfinite(total)]) == 0:
            return script.lower()
        return self._letters.languages[int(total.argmax())]


def _related(code: str, other: str) -> bool:
    """The same language, or the same in another script: Banglish after Bengali."""
    return code.split("-")[0] == other.split("-")[0]


def _word_shares(
    columns: Mapping[str, int],
    vocabulary: Mapping[str, Mapping[str, int]],
    common: Mapping[str, Mapping[str, float]],
) -> tuple[dict[str, list[tuple[int, float]]], np.ndarray]:
    """Word -> (language, share of its text), and how far each language's words are to be believed.

    For our varieties, half from patients' questions and half from the common words; for others,
    common words alone.
    """
    shares: dict[str, dict[int, float]] = {}
    weight = np.full(len(columns), 1e-6)
    for code, column in columns.items():
        questions: Counter[str] = Counter()
        for word, count in vocabulary.get(code, {}).items():
            questions[fold(word)] += count
        sources: list[Mapping[str, float]] = [s for s in (questions, common.get(code)) if s]
        if not sources:
            continue
        weight[column] = _BELIEVED
        for source in sources:
            total = sum(source.values()) * len(sources)
            for word, amount in source.items():
                of_word = shares.setdefault(word, {})
                of_word[column] = of_word.get(column, 0.0) + amount / total
    return {word: list(by.items()) for word, by in shares.items()}, weight


def _without_a_letter(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def _one_letter_less(words: Iterable[str]) -> dict[str, list[str]]:
    """Each known word without one of its letters -> the words."""
    found: dict[str, list[str]] = {}
    for word in words:
        if len(word) >= _MISTYPED_FROM:
            for form in _without_a_letter(word):
                found.setdefault(form, []).append(word)
    return found


def borrowed_words(
    lender: tuple[Mapping[str, int], Mapping[str, float]], borrower: Mapping[str, float]
) -> frozenset[str]:
    """Words much more usual in the lender's text than in the borrower's own.

    `lender` gives the words of its questions and its common words, `borrower` its common words.
    """
    questions, common = lender
    asked = sum(questions.values()) or 1
    words = {*questions, *common}
    share = {w: (questions.get(w, 0) / asked + common.get(w, 0.0)) / 2 for w in words}
    return frozenset(w for w in words if len(w) > 1 and share[w] > 3 * borrower.get(w, 0.0))
