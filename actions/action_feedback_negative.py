"""Apologises for an answer that did not help, and offers other ways.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.misunderstanding import feedback_negative
from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionFeedbackNegative(PatientAction):
    """Apologises for an answer that did not help, and offers other ways."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_feedback_negative"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return feedback_negative(turn, kb)
