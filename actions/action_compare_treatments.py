"""Puts two treatments side by side.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.comparison import compare
from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionCompareTreatments(PatientAction):
    """Puts two treatments side by side."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_compare_treatments"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return compare(turn, kb)
