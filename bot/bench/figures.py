"""Figures over understood questions: each function takes records and gives one number or table.

Used by `bot.bench.nlu` and by the tests of the trained model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from bot.bench.understanding import Understood

OUT = "out_of_scope"
# What out-of-scope messages must not become: an answer about one of our treatments.
KNOWLEDGE = ("ask_", "check_suitability", "compare_treatments")
NOT_KNOWLEDGE = ("ask_cost", "ask_clinic_info", "ask_medical_advice")


def share(records: Sequence[Understood], test: Callable[[Understood], bool]) -> float:
    """Per cent of the records that pass; NaN for none."""
    return 100 * sum(map(test, records)) / len(records) if records else float("nan")


def accuracy(records: Sequence[Understood]) -> float:
    return share(records, lambda r: r.right)


def macro_f1(records: Sequence[Understood]) -> float:
    """Mean over the intents asked of the harmonic mean of precision and recall, in per cent."""
    asked = Counter(r.question.intent for r in records)
    given = Counter(r.intent for r in records)
    hit = Counter(r.intent for r in records if r.right)
    return 100 * float(np.mean([2 * hit[i] / (asked[i] + given[i]) for i in asked]))


def calibration_error(records: Sequence[Understood], bins: int = 10) -> float:
    """Expected calibration error, 0 to 1, over bins of equal width."""
    confidence = np.array([r.confidence for r in records])
    right = np.array([r.right for r in records], dtype=float)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[place == b].mean() - right[place == b].mean()) * (place == b).mean()
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps))


def is_knowledge(intent: str) -> bool:
    return intent.startswith(KNOWLEDGE) and intent not in NOT_KNOWLEDGE


def answered_as_knowledge(record: Understood) -> bool:
    """An out-of-scope message that would be answered from the documents.

    One about a treatment that is not ours is answered as such, see actions/before.py.
    """
    elsewhere = record.fell_back or (record.not_offered and not record.treatments)
    return is_knowledge(record.intent) and not elsewhere


def wrong_treatment(record: Understood) -> bool:
    """A treatment named with confidence that the message does not name."""
    return bool(record.treatments - record.question.treatments) and not record.fell_back


def confusion(records: Sequence[Understood]) -> list[tuple[str, str, int]]:
    """(intent, taken for, how often), commonest first."""
    pairs = Counter((r.question.intent, r.intent) for r in records if not r.right)
    return [(asked, given, count) for (asked, given), count in pairs.most_common()]


def thresholds(
    records: Sequence[Understood], steps: Sequence[float]
) -> list[tuple[float, float, float, float]]:
    """(threshold, in-scope answered and right, in-scope rejected, out-of-scope recognised), %."""
    inside = [r for r in records if r.question.intent != OUT]
    outside = [r for r in records if r.question.intent == OUT]
    return [
        (
            step,
            share(inside, lambda r, s=step: r.right and r.confidence >= s),  # type: ignore[misc]
            share(inside, lambda r, s=step: r.intent == OUT or r.confidence < s),  # type: ignore[misc]
            share(outside, lambda r, s=step: r.intent == OUT or r.confidence < s),  # type: ignore[misc]
        )
        for step in steps
    ]
