"""What the patient wants: one intent with its probability, and the ranking of the others.

Step 5 of the message path. A red flag found by rule in step 4 wins over the model. N-grams alone
decide where they are sure and see no second question (early exit): the sentence is then not
encoded, which takes longest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse

from bot.nlu.clauses import DENIED
from bot.nlu.component import CLAUSES, MEANING, text_of
from bot.nlu.language_request import WISH
from bot.nlu.linear_model import Features, LinearModel, pooled
from bot.nlu.red_flags import RED_FLAG
from bot.nlu.several_topics import ClauseOpinion, asks, judge, lowered, may_ask_more, reweigh
from bot.nlu.treatments import CONDITION, NOT_OFFERED, TREATMENT

EMERGENCY = "report_emergency"
OTHER_SUBJECT = "out_of_scope"
CHECK = "check_suitability"
_ALL, _NGRAMS = "model.npz", "ngrams.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PatientIntentClassifier(IntentClassifier, GraphComponent):
    """A linear model over all sentence features of the components before it, and one over their
    n-grams alone, which is asked first."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # cost of a wrong margin
            "cost": 0.7,
            # size of a standardised dense feature beside a text's n-grams, which have length 1
            "dense_weight": 0.05,
            # what a cosine of 1 to the nearest example of an intent adds to its margin
            "nearness": 2.0,
            # probability from which the model of n-grams alone decides; 1.1 asks the other always
            "early_exit": 0.95,
            # what its opinion counts beside the other's where it does not decide
            "pooled": 0.4,
            # intents named in the ranking
            "ranking_length": 8,
            # a clause's probability from which it counts as a question of its own
            "clause_sure": 0.7,
            # and the least probability that the whole message must give the same intent
            "clause_seen": 0.0005,
            # what is left of the probability of another subject where one of our treatments is
            # named: 2 of 1,957 training examples of other subjects do so, a fifth of the rest
            "other_subject": 0.1,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
        by_ngrams: LinearModel | None = None,
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._model, self._by_ngrams = model, by_ngrams

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PatientIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PatientIntentClassifier:
        with model_storage.read_from(resource) as folder:
            model = LinearModel.load(Path(folder) / _ALL)
            by_ngrams = LinearModel.load(Path(folder) / _NGRAMS)
        return cls(config, model_storage, resource, model, by_ngrams)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [m for m in training_data.intent_examples if m.get(INTENT) and text_of(m)]
        examples.sort(key=lambda message: message.get(MEANING) is not None)  # respelt ones last
        own = sum(message.get(MEANING) is None for message in examples)
        labels = [message.get(INTENT) for message in examples]
        grams, cost = _grams(examples), self._config["cost"]
        weight, nearness = self._config["dense_weight"], self._config["nearness"]
        self._by_ngrams = LinearModel.fit(
            Features(grams, _no_rows(examples)), labels, cost=cost, dense_weight=weight, own=own
        )
        self._model = LinearModel.fit(
            Features(grams, _dense(examples)),
            labels,
            cost=cost,
            dense_weight=weight,
            nearness=nearness,
            own=own,
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(Path(folder) / _ALL)
            self._by_ngrams.save(Path(folder) / _NGRAMS)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if self._model is None or text_of(message) is None:
                # A button names its intent itself, which Rasa reads after the pipeline; until
                # then FallbackClassifier expects one.
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                continue
            clauses = message.get(CLAUSES, [])
            # without a condition "my husband shall have the pump" is a story, no question
            beside = (WISH, CHECK) if _entities(message, CONDITION) else (WISH,)
            seen = self._config["clause_seen"]
            denies = _denies(clauses)
            whole, early = self._whole(message, clauses, beside)
            if early or not (denies or may_ask_more(whole, seen=seen, beside=beside)):
                clauses = []  # what they say could change nothing, and each has to be encoded
            of_clauses = self._named(self._probabilities(clauses))
            opinions = [
                ClauseOpinion(shares, denied=bool(clause.get(DENIED)))
                for clause, shares in zip(clauses, of_clauses, strict=True)
            ]
            sure = self._config["clause_sure"]
            found = judge(whole, opinions, sure=sure, seen=seen, beside=beside)
            shares = reweigh(whole, found)
            if _names_ours(message):
                shares = lowered(shares, OTHER_SUBJECT, self._config["other_subject"])
            ranking = self._ranking(shares, emergency=bool(message.get(RED_FLAG)))
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set("topics", list(found.topics), add_to_output=True)
            message.set("negated", list(found.negated), add_to_output=True)
        return messages

    def _whole(
        self, message: Message, clauses: list[Message], beside: Collection[str]
    ) -> tuple[dict[str, float], bool]:
        """Probabilities of the whole message by intent, and whether n-grams alone decided.

        They do if they are sure of it and of every clause, and find nothing denied and nothing else
        asked; but not of another subject, which shares its words with ours and is told apart by
        what is meant.
        """
        if self._by_ngrams is None:
            return {}, False
        parts = [message, *clauses]
        rows = self._by_ngrams.probabilities(Features(_grams(parts), _no_rows(parts)))
        intent, *others = (self._by_ngrams.labels[place] for place in rows.argmax(axis=1))
        sure, *others_sure = rows.max(axis=1)
        decided = sure >= self._config["early_exit"] and intent != OTHER_SUBJECT
        if decided and not _denies(clauses):
            one_question = all(
                share >= self._config["clause_sure"]
                and (other == intent or not asks(other, beside))
                for other, share in zip(others, others_sure, strict=True)
            )
            if one_question:
                return self._named(rows)[0], True
        by_all = self._probabilities([message])
        if not clauses and intent != OTHER_SUBJECT:
            by_all = pooled(rows, by_all, self._config["pooled"])
        return self._named(by_all)[0], False

    def _probabilities(self, messages: list[Message]) -> np.ndarray:
        if self._model is None or not messages:
            return np.zeros((0, 0))
        return self._model.probabilities(Features(_grams(messages), _dense(messages)))

    def _named(self, rows: np.ndarray) -> list[dict[str, float]]:
        labels = self._model.labels if self._model else ()
        return [dict(zip(labels, map(float, row), strict=True)) for row in rows]

    def _ranking(self, shares: dict[str, float], emergency: bool) -> list[dict[str, Any]]:
        order = sorted(shares, key=lambda name: -shares[name])[: self._config["ranking_length"]]
        ranking = [{"name": name, "confidence": shares[name]} for name in order]
        if emergency:
            # nothing comes near it, or the fallback would take the message for an unclear one
            others = [{**item, "confidence": 0.0} for item in ranking if item["name"] != EMERGENCY]
            ranking = [{"name": EMERGENCY, "confidence": 1.0}, *others]
        return ranking


def _entities(message: Message, kind: str) -> list[str]:
    return [item["value"] for item in message.get(ENTITIES, ()) if item["entity"] == kind]


def _denies(clauses: Iterable[Message]) -> bool:
    return any(clause.get(DENIED) for clause in clauses)


def _names_ours(message: Message) -> bool:
    return bool(_entities(message, TREATMENT)) and not message.get(NOT_OFFERED)


def _grams(messages: list[Message]) -> sparse.csr_matrix:
    """Sparse sentence features of messages, one row each; none: no columns."""
    rows = []
    for message in messages:
        _, of_sentence = message.get_sparse_features(TEXT)
        rows.append(of_sentence.features if of_sentence else sparse.csr_matrix((1, 0)))
    return sparse.vstack(rows).tocsr()


def _dense(messages: list[Message]) -> np.ndarray:
    """Their dense sentence features, which are encoded when they are first read."""
    rows = []
    for message in messages:
        _, row = message.get_dense_features(TEXT)
        rows.append(row.features if row else np.zeros((1, 0), dtype=np.float32))
    return np.vstack(rows)


def _no_rows(messages: list[Message]) -> np.ndarray:
    return np.zeros((len(messages), 0), dtype=np.float32)
