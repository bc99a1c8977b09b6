"""What the documents' rules say about the health conditions that a patient names.

Step 7 of the message path, for "I am pregnant, can I have it?". Never a bare yes.
"""

from __future__ import annotations

from actions.outcome import Part, Ruled, Say, Stated, Unstated
from knowledge.model import KnowledgeBase, Ruling
from knowledge.suitability import verdict

_GRAVEST_FIRST = (Ruling.NOT_SUITABLE, Ruling.NEEDS_CLEARANCE, None, Ruling.SUITABLE)


def suitability(kb: KnowledgeBase, treatment: str, conditions: tuple[str, ...]) -> tuple[Part, ...]:
    """The rule for each condition, gravest first; the general rules where none was recognised."""
    clinician = Say("answer.suitability.clinician")
    if not conditions:
        general = tuple(document(kb, treatment, t) for t in ("contraindications", "suitability"))
        return (Say("answer.suitability.unknown"), *general, clinician)
    ruled = []
    for condition in conditions:
        found = verdict(kb, treatment, condition)
        rank = _GRAVEST_FIRST.index(found.rule.ruling if found else None)
        ruled.append((rank, Ruled(treatment, condition, found.condition if found else None)))
    ruled.sort(key=lambda item: item[0])
    return (*(part for _, part in ruled), clinician)


def document(kb: KnowledgeBase, treatment: str, topic: str) -> Part:
    """What the documents state on a topic, or that they do not."""
    if kb.treatments[treatment].topics[topic].stated:
        return Stated(treatment, topic)
    return Unstated(treatment, topic)
