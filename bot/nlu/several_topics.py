"""What a message asks when it asks several things, or says what it does not ask.

Step 5 of the message path, from the probabilities of the whole message and of each clause.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ClauseOpinion:
    """One clause: its probabilities by intent."""

    shares: Mapping[str, float]
    denied: bool

    @property
    def best(self) -> tuple[str, float]:
        name = max(self.shares, key=lambda intent: self.shares[intent])
        return name, self.shares[name]


@dataclass(frozen=True)
class Topics:
    topics: tuple[str, ...]  # in the order of the message; empty where it asks one thing
    negated: tuple[str, ...]


def may_ask_more(whole: Mapping[str, float], *, seen: float, beside: Collection[str] = ()) -> bool:
    """Whether `judge` could find two questions in a message that denies nothing."""
    return sum(share >= seen and asks(intent, beside) for intent, share in whole.items()) > 1


def judge(
    whole: Mapping[str, float],
    clauses: Sequence[ClauseOpinion],
    *,
    sure: float,
    seen: float,
    beside: Collection[str] = (),
) -> Topics:
    """`sure`: a clause's own probability from which it counts; `seen`: the least that the whole
    message must give the same intent, so that half a sentence does not count as a question;
    `beside`: intents that count besides "ask_..."."""
    asked: list[str] = []
    negated: list[str] = []
    for clause in clauses:
        intent, share = clause.best
        if not asks(intent, beside) or share < sure:
            continue
        if clause.denied:
            negated.append(intent)
        elif whole.get(intent, 0.0) >= seen:
            asked.append(intent)
    topics = tuple(dict.fromkeys(intent for intent in asked if intent not in negated))
    kept = topics if len(topics) > 1 or (negated and topics) else ()
    return Topics(kept, tuple(dict.fromkeys(negated)))


def reweigh(whole: Mapping[str, float], found: Topics) -> dict[str, float]:
    """The whole message's probabilities without what it denies."""
    if not found.negated:
        return dict(whole)
    shares = {name: 0.0 if name in found.negated else share for name, share in whole.items()}
    for topic in found.topics[:1]:
        shares[topic] = max(shares[topic], 1.0 - sum(shares.values()) + shares[topic])
    return _normalised(shares)


def lowered(shares: Mapping[str, float], intent: str, factor: float) -> dict[str, float]:
    """Probabilities with one intent's multiplied by `factor`, summing to 1 again."""
    return _normalised({**shares, intent: shares.get(intent, 0.0) * factor})


def asks(intent: str, beside: Collection[str]) -> bool:
    """Whether an intent is a question that can stand beside another one."""
    return intent.startswith("ask_") or intent in beside


def _normalised(shares: Mapping[str, float]) -> dict[str, float]:
    total = sum(shares.values()) or 1.0
    return {name: share / total for name, share in shares.items()}
