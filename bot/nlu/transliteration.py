"""Sets `reading`: the message as the classifier reads it, Banglish in Bengali script.

Between steps 3 and 5 of the message path. Bengali and Banglish examples thereby teach each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import READING, hash_of, load_json, save_json, text_of, with_clauses
from bot.nlu.examples import count_words
from bot.nlu.language import language_code
from bot.nlu.romanised import TABLES, Letters, Romanised, read_spellings

_WORDS_FILE = "words.json"


# A featurizer to Rasa, because only tokenizers and featurizers see training examples.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Transliterator(GraphComponent):
    """Reads every variety that has tables in `tables/`; leaves the others as typed."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["rapidfuzz"]

    def __init__(
        self,
        storage: ModelStorage,
        resource: Resource,
        vocabulary: Mapping[str, Mapping[str, int]] | None = None,
    ) -> None:
        self._storage, self._resource = storage, resource
        self._readers: dict[str, Romanised] = {}
        if vocabulary is not None:
            self._make_readers(vocabulary)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Transliterator:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Transliterator:
        return cls(model_storage, resource, load_json(model_storage, resource, _WORDS_FILE))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return hash_of(TABLES.glob("*"))

    def _make_readers(self, vocabulary: Mapping[str, Mapping[str, int]]) -> None:
        for path in TABLES.glob("*.letters.yml"):
            code = path.name.removesuffix(".letters.yml")
            letters = Letters.read(code)
            self._readers[code] = Romanised(
                letters,
                read_spellings(code),
                vocabulary.get(letters.native, {}),
                vocabulary.get(letters.mixes, {}),
            )

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which words patients use, so that spellings are read as those."""
        vocabulary = count_words(training_data.training_examples)
        save_json(self._storage, self._resource, _WORDS_FILE, vocabulary)
        self._make_readers(vocabulary)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_clauses(messages):
            text = text_of(message)
            if text is None:
                continue
            reader = self._readers.get(language_code(message))
            message.set(READING, reader.read(text) if reader else text)
        return messages
