"""Our intent classifier outside Rasa, for sets of other people and for leaving parts out.

Used by `bot.bench.external` and `bot.bench.ablation`; settings are those of config.yml.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.encoders import ENCODERS, EncodedTexts
from bot.nlu.linear_model import Features, LinearModel
from bot.nlu.ngrams import make_vectorizer
from bot.settings import ROOT

_LOGISTIC_COST = 20  # the best of 5, 20 and 50


def pipeline() -> list[dict[str, Any]]:
    """The components of config.yml with their settings."""
    return list(yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"])


@dataclass(frozen=True)
class Text:
    """A message as typed and as the classifier reads it."""

    typed: str
    reading: str


class Architecture:
    """N-grams, embeddings and nearest examples into the linear model; each can be left out."""

    def __init__(
        self,
        ngrams: bool = True,
        embeddings: bool = True,
        nearest: bool = True,
        views: Sequence[str] = ("reading", "typed"),
        logistic: bool = False,
        calibrated: bool = True,
    ) -> None:
        """`logistic` takes logistic regression for the linear SVM; a model that is not
        `calibrated` trains in a third of the time and gives the same labels."""
        settings = pipeline()
        self._ngrams = [
            item
            for item in settings
            if item["name"].endswith("WeightedNgrams") and item["view"] in views and ngrams
        ]
        (self._classifier,) = (s for s in settings if s["name"].endswith("IntentClassifier"))
        (encoder,) = (s for s in settings if s["name"].endswith("SentenceEncoder"))
        self._rows: EncodedTexts | None = None
        if embeddings:
            folder = ROOT / ".cache" / "bench"
            self._rows = EncodedTexts(folder, ENCODERS[encoder["encoder"]](), keep_all=True)
        self._nearness = self._classifier["nearness"] if embeddings and nearest else 0.0
        self._logistic, self._calibrated = logistic, calibrated
        self._vectorizers: list[TfidfVectorizer] = []
        self._model: LinearModel | None = None

    def fit(self, texts: Sequence[Text], labels: Sequence[str]) -> Architecture:
        for item in self._ngrams:
            vectorizer = make_vectorizer(item)
            vectorizer.fit([getattr(text, item["view"]) for text in texts])
            self._vectorizers.append(vectorizer)
        features = self._features(texts)
        weight = self._classifier["dense_weight"]
        if self._logistic:
            self._model = fit_logistic(features, labels, weight)
        elif self._calibrated:
            self._model = LinearModel.fit(
                features,
                labels,
                cost=self._classifier["cost"],
                dense_weight=weight,
                nearness=self._nearness,
            )
        else:
            self._model = LinearModel.fit_margins(
                features, np.asarray(labels), self._classifier["cost"], weight, self._nearness
            )
        return self

    def predict(self, texts: Sequence[Text]) -> tuple[list[str], np.ndarray]:
        """The likeliest label of each text and its probability."""
        if self._model is None:
            raise RuntimeError("fit first")
        shares = self._model.probabilities(self._features(texts))
        return [self._model.labels[i] for i in shares.argmax(axis=1)], shares.max(axis=1)

    def _features(self, texts: Sequence[Text]) -> Features:
        grams = [sparse.csr_matrix((len(texts), 0), dtype=np.float32)]
        for item, vectorizer in zip(self._ngrams, self._vectorizers, strict=True):
            rows = vectorizer.transform([getattr(text, item["view"]) for text in texts])
            grams.append(rows * item.get("weight", 1.0))
        dense = np.zeros((len(texts), 0), dtype=np.float32)
        if self._rows is not None:
            dense = self._rows.encode([text.reading for text in texts])
        return Features(sparse.hstack(grams).tocsr(), dense)


def fit_logistic(features: Features, labels: Sequence[str], dense_weight: float) -> LinearModel:
    """Logistic regression over the same features, its own probabilities."""
    mean = features.dense.mean(axis=0)
    scale = (features.dense.std(axis=0) + 1e-6) / dense_weight
    dense = sparse.csr_matrix((features.dense - mean) / scale)
    together = sparse.hstack([features.grams, dense]).tocsr()
    model = LogisticRegression(C=_LOGISTIC_COST, max_iter=200).fit(together, labels)
    weights, size = model.coef_.T.astype(np.float32), features.grams.shape[1]
    names = tuple(str(label) for label in model.classes_)
    bias = model.intercept_.astype(np.float32)
    return LinearModel(names, mean, scale, weights[:size], weights[size:], bias)
