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

from bot.nlu.encoders import ENCODERS, EncodedTexts
from bot.nlu.linear_model import Features, LinearModel
from bot.nlu.ngrams import make_vectorizer
from bot.settings import ROOT


def pipeline() -> list[dict[str, Any]]:
    """The components of config.yml with their settings."""
    return list(yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"])


@dataclass(frozen=True)
class Text:
    """A message as typed and as the classifier reads it."""

    typed: str
    reading: str


class Architecture:
    """N-grams and embeddings into the linear model; either part can be left out."""

    def __init__(
        self,
        ngrams: bool = True,
        embeddings: bool = True,
        views: Sequence[str] = ("reading", "typed"),
    ) -> None:
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
        self._vectorizers: list[TfidfVectorizer] = []
        self._model: LinearModel | None = None

    def fit(self, texts: Sequence[Text], labels: Sequence[str]) -> Architecture:
        for item in self._ngrams:
            vectorizer = make_vectorizer(item)
            vectorizer.fit([getattr(text, item["view"]) for text in texts])
            self._vectorizers.append(vectorizer)
        self._model = LinearModel.fit(
            self._features(texts),
            labels,
            cost=self._classifier["cost"],
            dense_weight=self._classifier["dense_weight"],
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
