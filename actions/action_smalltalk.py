"""Greets, thanks, says goodbye, says what this assistant is and can do.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.smalltalk import smalltalk
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionSmalltalk(PatientAction):
    """Greets, thanks, says goodbye, says what this assistant is and can do."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_smalltalk"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return smalltalk(turn, kb)
