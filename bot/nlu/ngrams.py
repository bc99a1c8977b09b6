"""Adds weighted n-grams of characters or words as a sparse feature.

Step 5 of the message path: spelling carries what the sentence embedding misses. Several of them
with other settings may stand in config.yml.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from bot.nlu.component import load_json, reading_of, save_json, text_of, with_clauses

_FILE = "ngrams.json"
_WORD = r"[^\s,.?!;:\u0964\uff1f\uff0c\u3002\uff01]+"  # a danda and full-width signs end words too
_VIEWS = {"reading": reading_of, "typed": text_of}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class WeightedNgrams(SparseFeaturizer, GraphComponent):
    """TF-IDF over runs of characters or words of a message and of its clauses."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            **SparseFeaturizer.get_default_config(),
            # "char" (runs of characters, over spaces too) or "word"
            "of": "char",
            "shortest": 1,
            "longest": 5,
            # "reading" (Banglish in Bengali script) or "typed"
            "view": "reading",
            # length of the feature row
            "weight": 1.0,
            # examples that must contain an n-gram
            "seen_in": 1,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        if not 1 <= config["shortest"] <= config["longest"]:
            raise ValueError("config.yml: WeightedNgrams: shortest must not be above longest")
        if config["of"] not in ("char", "word") or config["view"] not in _VIEWS:
            raise ValueError(
                "config.yml: WeightedNgrams: of is char or word, view typed or reading"
            )

    def __init__(
        self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource
    ) -> None:
        super().__init__(name, config)
        self._view = _VIEWS[config["view"]]
        self._storage, self._resource = storage, resource
        self._vectorizer = make_vectorizer(config)
        self._rarity = np.zeros(0, dtype=np.float32)  # of each n-gram

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WeightedNgrams:
        config = {**cls.get_default_config(), **config}
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> WeightedNgrams:
        component = cls.create(config, model_storage, resource, execution_context)
        stored = load_json(model_storage, resource, _FILE)
        component._vectorizer.vocabulary_ = {gram: i for i, gram in enumerate(stored["grams"])}
        component._rarity = np.array(stored["weights"], dtype=np.float32)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        texts = [text for m in training_data.training_examples if (text := self._view(m))]
        self._vectorizer.fit(texts)
        weights = [round(float(weight), 4) for weight in self._vectorizer.idf_]
        self._rarity = np.array(weights, dtype=np.float32)
        grams = self._vectorizer.get_feature_names_out().tolist()
        content = {"grams": grams, "weights": weights}
        save_json(self._storage, self._resource, _FILE, content)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        parts = with_clauses(messages)
        with_text = [(part, text) for part in parts if (text := self._view(part))]
        if with_text:
            rows = self._weighted([text for _, text in with_text])
            for number, (message, _) in enumerate(with_text):
                row = rows[number]
                features = Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
                message.add_features(features)
        return messages

    def _weighted(self, texts: list[str]) -> sparse.csr_matrix:
        """As the vectorizer's `transform`, which sums up all its n-grams with every message."""
        rows = CountVectorizer.transform(self._vectorizer, texts)
        rows.data = (1 + np.log(rows.data)) * self._rarity[rows.indices]
        return normalize(rows, copy=False) * self._config["weight"]


def make_vectorizer(config: dict[str, Any]) -> TfidfVectorizer:
    """The vectorizer of one component's settings, not fitted yet."""
    config = {**WeightedNgrams.get_default_config(), **config}
    return TfidfVectorizer(
        analyzer=config["of"],
        token_pattern=_WORD if config["of"] == "word" else None,
        ngram_range=(config["shortest"], config["longest"]),
        min_df=config["seen_in"],
        sublinear_tf=True,
        dtype=np.float32,
    )
