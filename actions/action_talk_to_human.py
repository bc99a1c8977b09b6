"""Gives a concrete way to reach a person.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.clinic import handoff
from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionTalkToHuman(PatientAction):
    """Gives a concrete way to reach a person."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_talk_to_human"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return handoff()
