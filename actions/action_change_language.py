"""Changes the language of the replies.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.languages import change_language
from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionChangeLanguage(PatientAction):
    """Changes the language of the replies."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_change_language"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return change_language(turn, kb)
