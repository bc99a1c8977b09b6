"""Finds treatments, health conditions and treatments that are not ours, by their names.

Step 4 of the message path; the names come from the knowledge base, nothing is learned.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import text_of
from bot.nlu.matching import (
    CueMatcher,
    Match,
    NameMatcher,
    all_treatment_names,
    condition_names,
)
from bot.nlu.word_files import all_endings, all_ordinary
from knowledge.loader import shared
from knowledge.model import KnowledgeBase

TREATMENT = "treatment"
CONDITION = "health_condition"
NOT_OFFERED = "not_offered"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TreatmentMatcher(EntityExtractorMixin, GraphComponent):
    """Adds entities `treatment` and `health_condition`, and sets `not_offered`."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["rapidfuzz"]

    def __init__(self, kb: KnowledgeBase) -> None:
        endings, ordinary = all_endings(), all_ordinary()
        # one matcher, so that "epidural steroid injection" wins over "steroid injection"
        self._treatments = NameMatcher(all_treatment_names(kb), endings, ordinary)
        self._cues = CueMatcher(kb, endings)
        self._conditions = NameMatcher(condition_names(kb), endings, ordinary)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TreatmentMatcher:
        return cls(shared())

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = text_of(message)
            if text is not None:
                self._process(message, text)
        return messages

    def _process(self, message: Message, text: str) -> None:
        treatments = self._treatments.find(text)
        if not treatments and (described := self._cues.find(text)):
            treatments = [described]
        entities = [self._entity(TREATMENT, match) for match in treatments if match.value]
        entities += [self._entity(CONDITION, match) for match in self._conditions.find(text)]
        # what a button's payload or another component found stays
        message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
        foreign = next((match.typed for match in treatments if not match.value), None)
        message.set(NOT_OFFERED, foreign, add_to_output=True)

    def _entity(self, kind: str, match: Match) -> dict[str, Any]:
        return {
            "entity": kind,
            "value": match.value,
            "start": match.start,
            "end": match.end,
            "extractor": type(self).__name__,
        }
