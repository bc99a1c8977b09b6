"""Gives cost, booking, address and hours as the clinic has filled them in.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.answers import answer
from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionClinic(PatientAction):
    """Gives cost, booking, address and hours as the clinic has filled them in."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_clinic"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return answer(turn, kb)
