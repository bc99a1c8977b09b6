"""Sets `reading`: the message as the classifier reads it, Banglish in Bengali script.

Between steps 3 and 5 of the message path. Bengali and Banglish examples thereby teach each other;
in other languages what people shorten in chats is spelled out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

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
from bot.nlu.shorthand import Shorthand
from bot.nlu.word_files import FOLDER, read_words

_WORDS_FILE = "words.json"


class Reader(Protocol):
    """Turns a text as typed into the text that the classifier reads."""

    def read(self, text: str) -> str: ...


def make_readers(vocabulary: Mapping[str, Mapping[str, int]]) -> dict[str, Reader]:
    """Variety -> its reader; `vocabulary` counts the words of its training examples."""
    readers: dict[str, Reader] = {
        code: Shorthand(words.shorthand) for code, words in read_words().items() if words.shorthand
    }
    for path in TABLES.glob("*.letters.yml"):
        code = path.name.removesuffix(".letters.yml")
        letters = Letters.read(code)
        readers[code] = Romanised(
            letters,
            read_spellings(code),
            vocabulary.get(letters.native, {}),
            vocabulary.get(letters.mixes, {}),
        )
    return readers


# A featurizer to Rasa, because only tokenizers and featurizers see training examples.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Transliterator(GraphComponent):
    """Reads every variety that has tables in `tables/` or shorthand in `words/`."""

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
        self._readers = make_readers(vocabulary) if vocabulary is not None else {}

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
        return hash_of([*TABLES.glob("*"), *FOLDER.glob("*.yml")])

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which words patients use, so that spellings are read as those."""
        vocabulary = count_words(training_data.training_examples)
        save_json(self._storage, self._resource, _WORDS_FILE, vocabulary)
        self._readers = make_readers(vocabulary)
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
