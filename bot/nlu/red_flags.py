"""Recognises emergencies by rule, whatever the classifier thinks later.

Step 4 of the message path; the rules are in knowledge/red_flags/.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import reading_of, text_of
from knowledge.emergencies import Emergency, EmergencyFinder
from knowledge.loader import shared

RED_FLAG = "red_flag"
RED_FLAG_MENTIONED = "red_flag_mentioned"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class RedFlagMatcher(EntityExtractorMixin, GraphComponent):
    """Sets `red_flag` for danger now, `red_flag_mentioned` for the word in an ordinary question."""

    def __init__(self, finder: EmergencyFinder) -> None:
        self._finder = finder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RedFlagMatcher:
        return cls(EmergencyFinder(shared()))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = text_of(message)
            found = self._find(text, reading_of(message)) if text else Emergency()
            message.set(RED_FLAG, found.present, add_to_output=True)
            message.set(RED_FLAG_MENTIONED, found.mentioned, add_to_output=True)
        return messages

    def _find(self, text: str, reading: str | None) -> Emergency:
        """Look in the words as typed, then in Banglish as read: more spellings are known there."""
        found = self._finder.find(text)
        if found.present or reading is None or reading == text:
            return found
        read = self._finder.find(reading)
        return read if read.present else found
