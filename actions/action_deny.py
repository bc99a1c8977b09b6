"""Takes a no for what it means at this point.

Step 7 of the message path.
"""

from __future__ import annotations

from actions.outcome import Outcome
from actions.patient_action import PatientAction
from actions.smalltalk import deny
from actions.turn import Turn
from knowledge.model import KnowledgeBase


class ActionDeny(PatientAction):
    """Takes a no for what it means at this point."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_deny"

    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """See the class."""
        return deny(turn, kb)
