"""Stops everything and sends a patient in danger to help.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.emergency import emergency
from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionReportEmergency(PatientAction):
    """Stops everything and sends a patient in danger to help."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_report_emergency"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return emergency(kb, turn.red_flag, turn.country)
