"""A linear model over features, with probabilities that mean what they say.

Step 5 of the message path, behind the intent classifier: one margin an intent (linear SVM), to
which the intent's nearest example adds, turned into probabilities by one temperature that is
fitted on examples the margins did not see.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
# All 384 answer a message in three times the time and name the intent no better.
_DIRECTIONS = 128
_TINY = 1e-12  # no probability is 0
_CHUNK = 256  # texts compared with all examples at once


@dataclass(frozen=True)
class Features:
    """Sparse and dense features of the same texts, one row each."""

    grams: sparse.csr_matrix
    dense: np.ndarray

    def rows(self, chosen: np.ndarray) -> Features:
        return Features(self.grams[chosen], self.dense[chosen])


@dataclass(frozen=True)
class Neighbours:
    """All examples in their principal directions, of length 1, those of a label together."""

    rows: np.ndarray  # (examples, directions)
    starts: np.ndarray  # where each label's rows begin
    directions: np.ndarray  # (dense features, directions)

    @classmethod
    def of(cls, centred: np.ndarray, y: np.ndarray) -> Neighbours:
        order = np.argsort(y, kind="stable")
        _, starts = np.unique(y[order], return_index=True)
        directions = principal_directions(centred, _DIRECTIONS)
        return cls(_unit(centred[order] @ directions), starts, directions)

    def closest(self, centred: np.ndarray) -> np.ndarray:
        """(texts, labels): the cosine of the nearest example of each label."""
        near = np.empty((len(centred), len(self.starts)), dtype=np.float32)
        units = _unit(centred @ self.directions)
        # one text at a time is the quickest for the few of a message
        size = 1 if len(units) < _CHUNK else _CHUNK
        for start in range(0, len(units), size):
            cosines = self.rows @ units[start : start + size].T
            near[start : start + size] = np.maximum.reduceat(cosines, self.starts, axis=0).T
        return near


@dataclass
class LinearModel:
    labels: tuple[str, ...]
    mean: np.ndarray  # of each dense feature
    scale: np.ndarray  # divides each dense feature; holds the weight of dense against sparse
    of_grams: np.ndarray  # (n-grams, labels); float16 where the model was loaded
    of_dense: np.ndarray  # (dense features, labels)
    bias: np.ndarray
    neighbours: Neighbours | None = None
    nearness: float = 0.0  # what a cosine of 1 to an example adds to its label's margin
    temperature: float = 1.0

    @classmethod
    def fit(
        cls,
        features: Features,
        labels: Sequence[str],
        *,
        cost: float,
        dense_weight: float,
        nearness: float = 0.0,
        own: int | None = None,
    ) -> LinearModel:
        """Fit margins on everything, the temperature on held-out parts. Seeded.

        Only the first `own` examples count for the temperature: those after them are other
        spellings of theirs, and whoever knows the one is too sure of the other.
        """
        y = np.asarray(labels)
        settings = (cost, dense_weight, nearness)
        smallest = min(np.unique(y[:own], return_counts=True)[1])
        parts: list[tuple[np.ndarray, np.ndarray]] = []
        if smallest >= 2:
            folds = StratifiedKFold(min(_FOLDS, smallest), shuffle=True, random_state=_SEED)
            parts = list(folds.split(y[:own], y[:own]))
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # the solver lets other threads run
            whole = pool.submit(cls.fit_margins, features, y, *settings)
            fitted = [
                pool.submit(cls.fit_margins, features.rows(train), y[train], *settings)
                for train, _ in parts
            ]
            model = whole.result()
            held_out = [
                (test, part.result().margins(features.rows(test)))
                for part, (_, test) in zip(fitted, parts, strict=True)
            ]
        if held_out:
            margins = np.zeros((len(y[:own]), len(model.labels)))
            for test, of_test in held_out:
                margins[test] = of_test
            model.temperature = _temperature(margins, np.searchsorted(model.labels, y[:own]))
        return model

    @classmethod
    def fit_margins(
        cls, features: Features, y: np.ndarray, cost: float, dense_weight: float, nearness: float
    ) -> LinearModel:
        """Without a temperature: enough where only the likeliest label counts."""
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
        neighbours = Neighbours.of(features.dense - mean, y) if nearness else None
        return cls(labels, mean, scale, weights[:size], weights[size:], bias, neighbours, nearness)

    def margins(self, features: Features) -> np.ndarray:
        centred = features.dense - self.mean
        dense = (centred / self.scale) @ self.of_dense
        if self.neighbours is not None:
            dense = dense + self.nearness * self.neighbours.closest(centred)
        return np.asarray(_product(features.grams, self.of_grams) + dense + self.bias)

    def probabilities(self, features: Features) -> np.ndarray:
        """One row a text, one column a label, each row summing to 1."""
        return _softmax(self.margins(features) / self.temperature)

    def save(self, path: Path) -> None:
        neighbours = {}
        if self.neighbours is not None:
            neighbours = {
                "rows": self.neighbours.rows.astype(np.float16),
                "starts": self.neighbours.starts,
                "directions": self.neighbours.directions,
            }
        np.savez(
            path,
            **neighbours,
            nearness=np.array(self.nearness),
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
            neighbours = None
            if "rows" in stored:
                neighbours = Neighbours(
                    stored["rows"].astype(np.float32), stored["starts"], stored["directions"]
                )
            return cls(
                labels=tuple(stored["labels"].tolist()),
                mean=stored["mean"],
                scale=stored["scale"],
                of_grams=stored["of_grams"],
                of_dense=stored["of_dense"],
                bias=stored["bias"],
                neighbours=neighbours,
                nearness=float(stored["nearness"]),
                temperature=float(stored["temperature"]),
            )


def pooled(one: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """Probabilities of two models as one (logarithmic pooling); `share` is the first one's."""
    return _softmax(share * np.log(one + _TINY) + (1 - share) * np.log(other + _TINY))


def _product(grams: sparse.csr_matrix, weights: np.ndarray) -> np.ndarray:
    """(texts, labels). A loaded model's weights stay in half precision: a message has some hundred
    of the n-grams, and the whole in full precision takes twice the memory."""
    if weights.dtype == np.float32:
        # of one type with the weights, which would be converted else
        return np.asarray(grams.astype(np.float32) @ weights)
    rows = np.empty((grams.shape[0], weights.shape[1]), dtype=np.float32)
    for number in range(len(rows)):
        span = slice(grams.indptr[number], grams.indptr[number + 1])
        found = weights[grams.indices[span]].astype(np.float32)
        rows[number] = grams.data[span].astype(np.float32) @ found
    return rows


def principal_directions(centred: np.ndarray, count: int) -> np.ndarray:
    """(features, directions) in which the rows differ most, most first; each of length 1."""
    directions, _, _ = np.linalg.svd(centred.T @ centred)
    return np.asarray(directions[:, :count])


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def _softmax(scores: np.ndarray) -> np.ndarray:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _temperature(margins: np.ndarray, right: np.ndarray) -> float:
    """The temperature under which the right labels are likeliest."""

    def loss(log_temperature: float) -> float:
        shares = _softmax(margins / np.exp(log_temperature))
        return -float(np.log(shares[np.arange(len(right)), right] + _TINY).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 2), method="bounded").x))
