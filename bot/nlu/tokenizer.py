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

from bot.nlu.language import language_code
from knowledge.loader import shared


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class PolyglotTokenizer(Tokenizer):
    """One blank pipeline for each variety."""

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
        # made at start: one takes a second, which the first patient would wait for
        self._pipelines = {
            language.spacy: spacy.blank(language.spacy) for language in self._languages.values()
        }

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
        doc = self._pipelines[language.spacy](text)
        tokens = [Token(word.text, word.idx) for word in doc if not word.is_space]
        return tokens or [Token(text, 0)]
