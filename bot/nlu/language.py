"""Language detection: evidence of one message, state of the conversation.

Step 2 of the message path, first in the pipeline; every later component may ask `language`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.common_words import common_words
from bot.nlu.component import hash_of, load_json, save_json, text_of
from bot.nlu.examples import count_words, language_of_example
from bot.nlu.identification import Borrowing, Identifier, Limits, borrowed_words
from bot.nlu.matching import NameMatcher, treatment_names
from bot.nlu.profiles import load_letter_models
from bot.nlu.romanised import TABLES, Letters
from knowledge.loader import shared
from knowledge.model import KnowledgeBase

LANGUAGE = "language"  # message attribute, entity and slot
_WORDS_FILE = "words.json"


# A featurizer to Rasa, because only tokenizers and featurizers see training examples.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class LanguageDetector(GraphComponent):
    """Sets `language` on each message and an entity when the message decides it."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["langdetect"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        limits = Limits()
        return {
            # probability from which on a message decides the language
            "decide": limits.decide,
            # probability from which on a language counts as one that we lack
            "refuse": limits.refuse,
            # share of messages expected in languages that we lack
            "foreign_share": limits.foreign_share,
            # how many times likelier the conversation's language is than by its prior
            "stay": limits.stay,
            # the same for the page's language or the number's country
            "hint": limits.hint,
            # probability from which a word or two change the conversation's language
            "switch": limits.switch,
            # how much a borrowed word speaks for its lender, in log probability
            "borrowing": limits.borrowing,
            # letters so much likelier in the lender mark a borrowed word, in log probability
            "looks_lent": limits.looks_lent,
            # log probability a letter under which unknown words are in no language
            "gibberish": limits.gibberish,
            # share of words in Bengali or Han script that outweighs Latin words beside them
            "native_share": limits.native_share,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        kb: KnowledgeBase,
        vocabulary: Mapping[str, Mapping[str, int]] | None = None,
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._kb = kb
        self._names = NameMatcher(treatment_names(kb))
        self._vocabulary = vocabulary or {}
        self._identifier: Identifier | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        return cls(config, model_storage, resource, shared())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageDetector:
        vocabulary = load_json(model_storage, resource, _WORDS_FILE)
        return cls(config, model_storage, resource, shared(), vocabulary)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return hash_of(TABLES.glob("*"))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the words of each variety."""
        self._vocabulary = count_words(training_data.training_examples)
        save_json(self._storage, self._resource, _WORDS_FILE, self._vocabulary)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Examples say their language themselves."""
        for message in training_data.training_examples:
            if code := language_of_example(message):
                message.set(LANGUAGE, {"code": code})
        return training_data

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        for message in messages:
            self._process(message, tracker)
        return messages

    def _process(self, message: Message, tracker: DialogueStateTracker | None) -> None:
        state = self._state(message, tracker)
        current, fixed = state.code, state.requested
        text = text_of(message)
        if text is None:
            found = {"code": current, "decided": False, "confidence": 0.0, "unsupported": None}
            message.set(LANGUAGE, found, add_to_output=True)
            return
        if self._identifier is None:
            limits = Limits(**{name: self._config[name] for name in Limits.__dataclass_fields__})
            self._identifier = make_identifier(self._kb, self._vocabulary, limits)
        verdict = self._identifier.identify(
            self._without_names(text),
            current=current if state.spoken else None,
            hint=None if state.spoken else state.hint,
        )
        found = {
            # what the message itself is in helps the classifier even where the reply's is fixed
            "code": verdict.code or current,
            "decided": verdict.code is not None,
            "confidence": round(verdict.confidence, 4),
            "unsupported": None if fixed else verdict.foreign,
        }
        message.set(LANGUAGE, found, add_to_output=True)
        if verdict.code and not fixed:
            entity = {
                "entity": LANGUAGE,
                "value": verdict.code,
                "start": 0,
                "end": len(text),
                "confidence_entity": found["confidence"],
                "extractor": type(self).__name__,
            }
            message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)

    def _without_names(self, text: str) -> str:
        """Latin names of treatments are the same in every language and decide none."""
        for match in reversed(self._names.find(text)):
            if match.typed.isascii():
                text = f"{text[: match.start]} {text[match.end :]}"
        return text

    def _state(self, message: Message, tracker: DialogueStateTracker | None) -> _State:
        metadata = message.get("metadata") or {}
        slots = tracker.current_slot_values() if tracker else {}
        known = self._kb.languages
        requested = _first(known, slots.get("language_requested"), metadata.get("language"))
        if requested:
            return _State(requested, requested=True, spoken=True)
        if spoken := _first(known, slots.get(LANGUAGE)):
            return _State(spoken, spoken=True)
        country = metadata.get("country")
        of_country = [code for code, item in known.items() if country in item.countries]
        hint = _first(known, metadata.get("page_language"), *of_country)
        return _State(hint or next(iter(known)), hint=hint)


@dataclass(frozen=True)
class _State:
    """The conversation's variety before this message."""

    code: str
    requested: bool = False  # the patient asked for it
    spoken: bool = False  # the patient wrote it before
    hint: str | None = None  # of the page or the country


def _first(known: Container[str], *codes: object) -> str | None:
    return next((code for code in codes if isinstance(code, str) and code in known), None)


def language_code(message: Message) -> str:
    """The variety that a message was found to be in; empty where nothing looked."""
    return str((message.get(LANGUAGE) or {}).get("code") or "")


def make_identifier(
    kb: KnowledgeBase,
    vocabulary: Mapping[str, Mapping[str, int]],
    limits: Limits | None = None,
) -> Identifier:
    """The identifier of our varieties, with the tables of `tables/`."""
    common = common_words()
    borrowed = []
    for path in TABLES.glob("*.letters.yml"):
        code = path.name.removesuffix(".letters.yml")
        lender = Letters.read(code).mixes
        words = borrowed_words(
            (vocabulary.get(lender, {}), common.get(lender, {})), common.get(code, {})
        )
        borrowed.append(Borrowing(code, lender, words))
    return Identifier(kb.languages, load_letter_models(), vocabulary, common, borrowed, limits)
