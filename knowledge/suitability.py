"""What the documents rule about one health condition for one treatment.

Stands in step 7 of the message path, for "I am pregnant, can I have it?".
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.model import ConditionRule, KnowledgeBase, Ruling


@dataclass(frozen=True)
class Verdict:
    """The rule that applies. `condition` is the listed one: a wider one where `wider` is set."""

    rule: ConditionRule
    condition: str
    wider: bool  # the patient's condition is not named, one that it belongs to is


def verdict(kb: KnowledgeBase, treatment_id: str, condition_id: str) -> Verdict | None:
    """The rule for a condition, or None where the documents do not mention it.

    A rule that warns holds for narrower conditions too. One that says "suitable" does not:
    that back pain is treated says nothing about every cause of it.
    """
    rules = kb.treatments[treatment_id].conditions
    if condition_id in rules:
        return Verdict(rules[condition_id], condition_id, wider=False)
    seen = {condition_id}
    waiting = list(kb.conditions[condition_id].parents)
    while waiting:
        parent = waiting.pop(0)
        if parent in seen:
            continue
        seen.add(parent)
        rule = rules.get(parent)
        if rule and rule.ruling is not Ruling.SUITABLE:
            return Verdict(rule, parent, wider=True)
        waiting.extend(kb.conditions[parent].parents)
    return None
