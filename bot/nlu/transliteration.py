"""Sets `reading`: the message as the classifier reads it, Banglish in Bengali script.

Between steps 3 and 5 of the message path. Bengali and Banglish examples thereby teach each other;
in other languages what people shorten in chats is spelled out and what they mistype corrected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.common_words import common_words
from bot.nlu.component import (
    MEANING,
    READING,
    hash_of,
    load_json,
    reading_of,
    save_json,
    text_of,
    with_clauses,
)
from bot.nlu.examples import count_words, language_of_example
from bot.nlu.language import language_code
from bot.nlu.respelling import Respeller
from bot.nlu.romanised import TABLES, Letters, Romanised, read_spellings
from bot.nlu.shorthand import Shorthand
from bot.nlu.spelling import Spelling
from bot.nlu.word_files import FOLDER, read_words

_WORDS_FILE = "words.json"
_MIXED_IN = 3  # times that a word of another variety stands in its examples


class Reader(Protocol):
    """Turns a text as typed into the text that the classifier reads."""

    def read(self, text: str) -> str: ...


@dataclass(frozen=True)
class ChatReader:
    """Reads a language in its own script as people type it in chats."""

    shorthand: Shorthand
    spelling: Spelling

    def read(self, text: str) -> str:
        return self.spelling.read(self.shorthand.read(text))


def make_readers(vocabulary: Mapping[str, Mapping[str, int]]) -> dict[str, Reader]:
    """Variety -> its reader; `vocabulary` counts the words of its training examples."""
    common = common_words()
    readers: dict[str, Reader] = {
        code: ChatReader(
            Shorthand(words.shorthand),
            Spelling(
                vocabulary.get(code, {}), common.get(code, {}).keys() | _of_others(vocabulary, code)
            ),
        )
        for code, words in read_words().items()
        if words.shorthand
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


def _of_others(vocabulary: Mapping[str, Mapping[str, int]], code: str) -> set[str]:
    """Words that patients use in other varieties and mix in: no misspellings."""
    return {
        word
        for other, counts in vocabulary.items()
        if other != code
        for word, count in counts.items()
        if count >= _MIXED_IN and word not in vocabulary.get(code, {})
    }


# A featurizer to Rasa, because only tokenizers and featurizers see training examples.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Transliterator(GraphComponent):
    """Reads every variety that has tables in `tables/` or shorthand in `words/`."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["rapidfuzz"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # other spellings of each romanised example that are trained on beside it
            "respellings": 1,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        vocabulary: Mapping[str, Mapping[str, int]] | None = None,
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._readers = make_readers(vocabulary) if vocabulary is not None else {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Transliterator:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Transliterator:
        vocabulary = load_json(model_storage, resource, _WORDS_FILE)
        return cls(config, model_storage, resource, vocabulary)

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
        return TrainingData(
            [*training_data.training_examples, *self._respelt(training_data.training_examples)],
            training_data.entity_synonyms,
            training_data.regex_features,
            training_data.lookup_tables,
            training_data.responses,
        )

    def _respelt(self, examples: Sequence[Message]) -> list[Message]:
        """Romanised examples in other spellings, which mean what they mean."""
        found = []
        for code, reader in self._readers.items():
            if not isinstance(reader, Romanised):
                continue
            mine = [m for m in examples if text_of(m) and language_of_example(m) == code]
            respeller = Respeller(reader.letters)
            texts = [str(m.get(TEXT)) for m in mine]
            for place, text in respeller.respell(texts, self._config["respellings"]):
                message = Message(data={**mine[place].data, TEXT: text})
                message.set(READING, reader.read(text))
                message.set(MEANING, reading_of(mine[place]))
                found.append(message)
        return found

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_clauses(messages):
            text = text_of(message)
            if text is None:
                continue
            reader = self._readers.get(language_code(message))
            message.set(READING, reader.read(text) if reader else text)
        return messages
