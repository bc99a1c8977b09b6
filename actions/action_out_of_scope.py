"""Says what can be asked here, when something else was asked.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.misunderstanding import out_of_scope
from actions.naming import reading
from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionOutOfScope(PatientAction):
    """Says what can be asked here, when something else was asked."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_out_of_scope"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return reading(turn, kb) or out_of_scope(turn, kb)
