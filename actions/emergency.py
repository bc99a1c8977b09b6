"""What is said in danger: the number to call, the clinic's line, and nothing else.

Step 7 of the message path; also used by questions that only mention a red flag.
"""

from __future__ import annotations

from actions.outcome import Outcome, Part, Say
from knowledge.model import KnowledgeBase

SELF_HARM = "self_harm"


def emergency(kb: KnowledgeBase, red_flag: str | None, country: str | None) -> Outcome:
    """Stop everything and send the patient to help."""
    self_harm = red_flag is not None and red_flag.startswith(SELF_HARM)
    parts = [_with_number("self_harm" if self_harm else "stop", kb, country)]
    line = kb.clinic.crisis_lines.get(country or kb.clinic.country)
    if self_harm and line:
        parts.append(Say("answer.emergency.crisis_line", {"number": line}))
    clinic = kb.clinic.emergency_line or kb.clinic.phone
    if clinic:
        parts.append(Say("answer.emergency.clinic_line", {"number": clinic}))
    keep = {"pending_topics": None, "topics": None, "conditions": None}
    return Outcome("emergency", tuple(parts), keep=keep, urgent=True)


def mentioned(kb: KnowledgeBase, country: str | None) -> Part:
    """The line under an answer to a question that names a red flag."""
    return _with_number("mentioned", kb, country)


def _with_number(key: str, kb: KnowledgeBase, country: str | None) -> Say:
    """A phrase with the emergency number of where the patient is, if that is known."""
    number = kb.clinic.emergency_numbers.get(country or kb.clinic.country)
    if number is None:
        return Say(f"answer.emergency.{key}_no_number")
    return Say(f"answer.emergency.{key}", {"number": number})
