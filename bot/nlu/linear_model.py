"""A linear model over features, with probabilities that mean what they say.

Step 5 of the message path, behind the intent classifier: one margin an intent (linear SVM),
turned into probabilities by one temperature that is fitted on examples the margins did not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

_FOLDS = 2
_TOLERANCE = 0.1  # a finer one takes longer and changed no figure
_SEED = 7


@dataclass(frozen=True)
class Features:
    """Sparse and dense features of the same texts, one row each."""

    grams: sparse.csr_matrix
    dense: np.ndarray

    def rows(self, chosen: np.ndarray) -> Features:
        return Features(self.grams[chosen], self.dense[chosen])


@dataclass
class LinearModel:
    labels: tuple[str, ...]
    mean: np.ndarray  # of each dense feature
    scale: np.ndarray  # divides each dense feature; holds the weight of dense against sparse
    of_grams: np.ndarray  # (n-grams, labels)
    of_dense: np.ndarray  # (dense features, labels)
    bias: np.ndarray
    temperature: float = 1.0

    @classmethod
    def fit(
        cls, features: Features, labels: Sequence[str], *, cost: float, dense_weight: float
    ) -> LinearModel:
        """Fit margins on everything, the temperature on held-out parts. Seeded."""
        y = np.asarray(labels)
        smallest = min(np.unique(y, return_counts=True)[1])
        model = cls._fit_margins(features, y, cost, dense_weight)
        if smallest >= 2:
            margins = np.zeros((len(y), len(model.labels)))
            parts = StratifiedKFold(min(_FOLDS, smallest), shuffle=True, random_state=_SEED)
            for train, test in parts.split(y, y):
                part = cls._fit_margins(features.rows(train), y[train], cost, dense_weight)
                margins[test] = part.margins(features.rows(test))
            model.temperature = _temperature(margins, np.searchsorted(model.labels, y))
        return model

    @classmethod
    def _fit_margins(
        cls, features: Features, y: np.ndarray, cost: float, dense_weight: float
    ) -> LinearModel:
        mean = features.dense.mean(axis=0)
        scale = (features.dense.std(axis=0) + 1e-6) / dense_weight
        together = sparse.hstack(
            [features.grams, sparse.csr_matrix((features.dense - mean) / scale)]
        ).tocsr()
        svm = LinearSVC(C=cost, tol=_TOLERANCE, random_state=_SEED).fit(together, y)
        weights = svm.coef_.T.astype(np.float32)
        bias = svm.intercept_.astype(np.float32)
        if weights.shape[1] == 1:  # two labels share one margin
            weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
        size = features.grams.shape[1]
        labels = tuple(str(label) for label in svm.classes_)
        return cls(labels, mean, scale, weights[:size], weights[size:], bias)

    def margins(self, features: Features) -> np.ndarray:
        dense = ((features.dense - self.mean) / self.scale) @ self.of_dense
        return np.asarray(features.grams @ self.of_grams + dense + self.bias)

    def probabilities(self, features: Features) -> np.ndarray:
        """One row a text, one column a label, each row summing to 1."""
        return _softmax(self.margins(features) / self.temperature)

    def save(self, path: Path) -> None:
        np.savez(
            path,
            labels=np.array(self.labels),
            mean=self.mean,
            scale=self.scale,
            of_grams=self.of_grams.astype(np.float16),
            of_dense=self.of_dense,
            bias=self.bias,
            temperature=np.array(self.temperature),
        )

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        with np.load(path, allow_pickle=False) as stored:
            return cls(
                labels=tuple(stored["labels"].tolist()),
                mean=stored["mean"],
                scale=stored["scale"],
                of_grams=stored["of_grams"].astype(np.float32),
                of_dense=stored["of_dense"],
                bias=stored["bias"],
                temperature=float(stored["temperature"]),
            )


def _softmax(scores: np.ndarray) -> np.ndarray:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _temperature(margins: np.ndarray, right: np.ndarray) -> float:
    """The temperature under which the right labels are likeliest."""

    def loss(log_temperature: float) -> float:
        shares = _softmax(margins / np.exp(log_temperature))
        return -float(np.log(shares[np.arange(len(right)), right] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 2), method="bounded").x))
