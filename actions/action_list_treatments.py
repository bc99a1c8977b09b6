"""Lists the treatments that the documents cover.

Step 7 of the message path.
"""

from __future__ import annotations

from actions import choices
from actions.outcome import Outcome, Say, TreatmentList
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionListTreatments(PatientAction):
    """Lists the treatments that the documents cover."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_list_treatments"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return Outcome(
            "list",
            (Say("answer.list"), TreatmentList()),
            choices=choices.treatments(kb),
            keep={"topics": None, "pending_topics": None},
        )
