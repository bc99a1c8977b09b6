"""Takes a message that was not understood.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.misunderstanding import not_understood
from actions.naming import reading
from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionNotUnderstood(PatientAction):
    """Takes a message that was not understood."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_not_understood"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return reading(turn, kb) or not_understood(turn, kb)
