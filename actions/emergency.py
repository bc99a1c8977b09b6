"""What is said in danger: the number to call, the clinic's line, and nothing else.

Step 7 of the message path; the line below also stands under questions that mention a red flag.
"""

from __future__ import annotations

from actions.outcome import Outcome, Part, Say
from knowledge import help_lines
from knowledge.model import KnowledgeBase


def emergency(kb: KnowledgeBase, red_flag: str | None, country: str | None) -> Outcome:
    """Stop everything and send the patient to help."""
    parts = tuple(Say(*call) for call in help_lines.emergency(kb, red_flag, country))
    keep = {"pending_topics": None, "topics": None, "conditions": None}
    return Outcome("emergency", parts, keep=keep, urgent=True)


def mentioned(kb: KnowledgeBase, country: str | None) -> Part:
    """The line under an answer to a question that names a red flag."""
    return Say(*help_lines.with_number(kb, "mentioned", country))
