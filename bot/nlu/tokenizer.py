"""Cuts a message into words with spaCy's blank pipeline of its language.

Step 3 of the message path. No trained spaCy model is needed.
"""

from __future__ import annotations

from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language as Pipeline

from bot.nlu.language import language_code
from knowledge.loader import shared
from knowledge.model import Language


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class PolyglotTokenizer(Tokenizer):
    """One blank pipeline for each variety, made when first needed."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__({**self.get_default_config(), **config})
        self._languages = shared().languages
        self._pipelines: dict[str, Pipeline] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PolyglotTokenizer:
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute)
        code = language_code(message)
        language = self._languages.get(code) or next(iter(self._languages.values()))
        doc = self._pipeline(language)(text)
        tokens = [Token(word.text, word.idx) for word in doc if not word.is_space]
        return tokens or [Token(text, 0)]

    def _pipeline(self, language: Language) -> Pipeline:
        if language.spacy not in self._pipelines:
            self._pipelines[language.spacy] = spacy.blank(language.spacy)
        return self._pipelines[language.spacy]
