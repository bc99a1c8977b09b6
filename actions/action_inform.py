"""Takes a treatment that is named without a question.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.naming import named
from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionInform(PatientAction):
    """Takes a treatment that is named without a question."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_inform"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return named(turn, kb)
