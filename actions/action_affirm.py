"""Takes a yes for what it means at this point.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.smalltalk import affirm
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionAffirm(PatientAction):
    """Takes a yes for what it means at this point."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_affirm"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return affirm(turn, kb)
