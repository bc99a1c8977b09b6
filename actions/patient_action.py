"""The frame of every action: read the turn, decide, word it, utter once, remember.

Step 7 of the message path. A subclass only decides; it returns an Outcome.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.before import before, beside
from actions.outcome import Outcome
from actions.reply import compose
from actions.turn import Turn, read_turn
from knowledge.loader import shared
from knowledge.model import KnowledgeBase


class PatientAction(Action, ABC):
    """An action that answers a patient."""

    def __init__(self) -> None:
        shared()  # read when the server starts, not while the first patient waits

    @abstractmethod
    def outcome(self, turn: Turn, kb: KnowledgeBase) -> Outcome:
        """Decide what to say."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Say it, and return what the conversation is to remember."""
        kb = shared()
        turn = read_turn(tracker, kb)
        outcome = beside(before(turn, kb) or self.outcome(turn, kb), turn, kb)
        reply = compose(outcome, turn, kb)
        dispatcher.utter_message(text=reply.text, buttons=reply.buttons, json_message=reply.record)
        slots: dict[str, Any] = {
            "fallback_count": 0,
            "offer": None,
            "disclosed": True,
            **({"language_requested": turn.language_chosen} if turn.language_chosen else {}),
            **outcome.keep,
        }
        return [SlotSet(name, value) for name, value in slots.items()]
