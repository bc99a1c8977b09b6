"""Adds weighted character n-grams of a message's reading as a sparse feature.

Step 5 of the message path: spelling carries what the sentence embedding misses.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.component import load_json, reading_of, save_json

_FILE = "ngrams.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CharacterNgrams(SparseFeaturizer, GraphComponent):
    """TF-IDF over runs of characters inside words."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            **SparseFeaturizer.get_default_config(),
            "shortest": 2,
            "longest": 5,
            # examples that must contain an n-gram
            "seen_in": 1,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        if not 1 <= config["shortest"] <= config["longest"]:
            raise ValueError("config.yml: CharacterNgrams: shortest must not be above longest")

    def __init__(
        self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource
    ) -> None:
        super().__init__(name, config)
        self._storage, self._resource = storage, resource
        self._vectorizer = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(config["shortest"], config["longest"]),
            min_df=config["seen_in"],
            sublinear_tf=True,
            dtype="float32",
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CharacterNgrams:
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
    ) -> CharacterNgrams:
        component = cls.create(config, model_storage, resource, execution_context)
        stored = load_json(model_storage, resource, _FILE)
        component._vectorizer.vocabulary_ = {gram: i for i, gram in enumerate(stored["grams"])}
        component._vectorizer.idf_ = stored["weights"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        texts = [text for m in training_data.training_examples if (text := reading_of(m))]
        self._vectorizer.fit(texts)
        content = {
            "grams": self._vectorizer.get_feature_names_out().tolist(),
            "weights": [round(float(weight), 4) for weight in self._vectorizer.idf_],
        }
        save_json(self._storage, self._resource, _FILE, content)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        with_text = [(m, text) for m in messages if (text := reading_of(m))]
        if with_text:
            rows = self._vectorizer.transform([text for _, text in with_text])
            for number, (message, _) in enumerate(with_text):
                row = rows[number]
                features = Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
                message.add_features(features)
        return messages
