"""What differs between two sets of replayed answers, for `python -m bot replay --compare`.

Stands after the message path: staff read it before a new model answers patients.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# What a patient notices; confidence and timing may move without a changed answer.
COMPARED = ("language", "intent", "kind", "treatment", "topic", "topics", "facts", "reply")
_SHOWN = ("kind", "treatment", "topic", "language", "intent", "confidence")

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One question whose answer differs; None where only one side has the question."""

    id: str
    old: Answer | None
    new: Answer | None
    fields: tuple[str, ...]


def compare(old: Iterable[Answer], new: Iterable[Answer]) -> list[Change]:
    """Every difference, in the order of the new answers, then what only the old ones hold."""
    before, after = _by_id(old), _by_id(new)
    changes = []
    for key, answer in after.items():
        earlier = before.get(key)
        fields = tuple(
            name for name in COMPARED if earlier and earlier.get(name) != answer.get(name)
        )
        if earlier is None or fields:
            changes.append(Change(key[0], earlier, answer, fields))
    changes += [Change(k[0], answer, None, ()) for k, answer in before.items() if k not in after]
    return changes


def describe(changes: Iterable[Change], asked: int) -> str:
    """The changes for a person to read."""
    changes = list(changes)
    blocks = [_block(change) for change in changes]
    return "".join(blocks) + f"{len(changes)} of {asked} answers changed.\n"


def _by_id(answers: Iterable[Answer]) -> dict[tuple[str, int], Answer]:
    """Answers by id and how often the id was met before, so that a repeated id keeps its place."""
    met: Counter[str] = Counter()
    found = {}
    for answer in answers:
        name = str(answer.get("id"))
        found[name, met[name]] = answer
        met[name] += 1
    return found


def _block(change: Change) -> str:
    text = (change.new or change.old or {}).get("text")
    fields = ", ".join(change.fields)
    head = f"{change.id}: {text}\n" + (f"  changed: {fields}\n" if fields else "")
    return head + _side("old", change.old) + _side("new", change.new) + "\n"


def _side(name: str, answer: Answer | None) -> str:
    if answer is None:
        return f"  {name}: not asked\n"
    values = " ".join(f"{key}={_short(answer.get(key))}" for key in _SHOWN)
    reply = str(answer.get("reply")).replace("\n", "\n       ")
    return f"  {name}: {values}\n       {reply}\n"


def _short(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
