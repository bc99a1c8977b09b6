"""Says what the documents rule about the conditions that a patient names.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.answers import answer
from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionCheckSuitability(PatientAction):
    """Says what the documents rule about the conditions that a patient names."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_check_suitability"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return answer(turn, kb)
