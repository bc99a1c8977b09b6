"""When n-grams alone decide, so that the sentence need not be encoded, and when they must not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features as Row
from rasa.shared.nlu.training_data.message import Message
from scipy import sparse

from bot.nlu.clauses import DENIED
from bot.nlu.component import CLAUSES
from bot.nlu.intents import OTHER_SUBJECT, PatientIntentClassifier
from bot.nlu.linear_model import Features

LABELS = ("ask_cost", "ask_pain", "greet", OTHER_SUBJECT)


class Said:
    """A model that says of each text what it was told to say."""

    labels = LABELS

    def __init__(self) -> None:
        self.opinions: list[tuple[str, float]] = []
        self.asked = 0

    def probabilities(self, features: Features) -> np.ndarray:
        self.asked += 1
        rows = []
        for number in features.grams.indices:
            intent, share = self.opinions[number]
            rest = (1 - share) / (len(LABELS) - 1)
            rows.append([share if label == intent else rest for label in LABELS])
        return np.array(rows)


@pytest.fixture
def models() -> tuple[Said, Said]:
    return Said(), Said()


@pytest.fixture
def classifier(models: tuple[Said, Said]) -> PatientIntentClassifier:
    config: dict[str, Any] = PatientIntentClassifier.get_default_config()
    whole, by_ngrams = models
    return PatientIntentClassifier(config, None, None, whole, by_ngrams)  # type: ignore[arg-type]


def message(models: tuple[Said, Said], text: str, by_ngrams: tuple[str, float]) -> Message:
    """A text of which both models say the same, for its only n-gram."""
    for model in models:
        model.opinions.append(by_ngrams)
    made = Message({TEXT: text})
    place = len(models[0].opinions) - 1
    row = sparse.csr_matrix(([1.0], ([0], [place])), shape=(1, 10))
    made.add_features(Row(row, FEATURE_TYPE_SENTENCE, TEXT, "test"))
    return made


SURE, UNSURE = 0.97, 0.6


@pytest.mark.parametrize(
    ("opinion", "clauses", "early"),
    [
        (("ask_cost", SURE), [], True),
        (("ask_cost", UNSURE), [], False),
        ((OTHER_SUBJECT, SURE), [], False),
        (("ask_cost", SURE), [("greet", SURE), ("ask_cost", SURE)], True),
        (("ask_cost", SURE), [("greet", UNSURE), ("ask_cost", SURE)], False),
        (("ask_cost", SURE), [("ask_pain", SURE), ("ask_cost", SURE)], False),
    ],
)
def test_ngrams_decide_where_they_are_sure_of_one_question(
    models: tuple[Said, Said],
    classifier: PatientIntentClassifier,
    opinion: tuple[str, float],
    clauses: list[tuple[str, float]],
    early: bool,
) -> None:
    asked = message(models, "How much is it?", opinion)
    asked.set(CLAUSES, [message(models, "part", said) for said in clauses])
    classifier.process([asked])
    assert asked.get(INTENT)["name"] == opinion[0]
    assert (models[0].asked == 0) == early


def test_a_denial_is_never_decided_by_ngrams_alone(
    models: tuple[Said, Said], classifier: PatientIntentClassifier
) -> None:
    asked = message(models, "Not the price, the pain", ("ask_cost", SURE))
    denied, other = (message(models, "part", (intent, SURE)) for intent in LABELS[:2])
    denied.set(DENIED, True)
    asked.set(CLAUSES, [denied, other])
    classifier.process([asked])
    assert models[0].asked > 0
    assert asked.get(INTENT)["name"] == "ask_pain"
    assert asked.get("negated") == ["ask_cost"]
