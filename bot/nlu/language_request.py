"""Recognises "in French please": the language that a patient asks for in words.

After step 5 of the message path, because the wish is an intent; its entity fills the slot that
wins over detection from then on.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import text_of
from bot.nlu.language import LANGUAGE
from bot.nlu.matching import Name, NameMatcher
from bot.nlu.word_files import all_endings
from knowledge.loader import shared
from knowledge.model import KnowledgeBase

WISH = "change_language"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageRequest(EntityExtractorMixin, GraphComponent):
    """Adds an entity `language` with the role `requested`."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["rapidfuzz"]

    def __init__(self, kb: KnowledgeBase) -> None:
        names = [
            Name(code, spelling)
            for names in kb.language_names.values()
            for code, spellings in names.items()
            for spelling in spellings
        ]
        names += [Name(code, language.name) for code, language in kb.languages.items()]
        self._names = NameMatcher(names, all_endings())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageRequest:
        return cls(shared())

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = text_of(message)
            wishes = {(message.get(INTENT) or {}).get("name"), *(message.get("topics") or ())}
            if text is None or WISH not in wishes:
                continue
            found = self._names.find(text)
            if not found:
                continue
            wanted = found[-1]  # "not Bengali, English please"
            entity = {
                "entity": LANGUAGE,
                "role": "requested",
                "value": wanted.value,
                "start": wanted.start,
                "end": wanted.end,
                "extractor": type(self).__name__,
            }
            # the message's own language is no longer news: the wish is
            others = [item for item in message.get(ENTITIES, []) if item["entity"] != LANGUAGE]
            message.set(ENTITIES, [*others, entity], add_to_output=True)
        return messages
