"""Declines a diagnosis or a personal medical decision, says why, and offers a person.

Step 7 of the message path.
"""

from __future__ import annotations

from actions import choices
from actions.outcome import Contact, Outcome, Say
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionMedicalAdvice(PatientAction):
    """Declines a diagnosis or a personal medical decision, says why, and offers a person."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_medical_advice"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return Outcome(
            "medical_advice",
            (Say("answer.medical_advice"), Contact(), Say("answer.offer_person")),
            choices=(choices.person(), choices.question("book_appointment")),
            treatments=turn.treatments,
            keep={"offer": "talk_to_human"},
        )
