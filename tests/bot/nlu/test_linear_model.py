"""The linear model: right on what it can learn, repeatable, the same after saving."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from bot.nlu.linear_model import Features, LinearModel, pooled


@pytest.fixture(scope="module")
def data() -> tuple[Features, list[str]]:
    random = np.random.default_rng(0)
    labels = [name for name in ("a", "b", "c") for _ in range(20)]
    dense = np.repeat(np.eye(3, 5), 20, axis=0) + random.normal(0, 0.2, (60, 5))
    grams = sparse.csr_matrix(np.repeat(np.eye(3, 8), 20, axis=0))
    return Features(grams, dense.astype(np.float32)), labels


def test_learns_and_gives_probabilities(data: tuple[Features, list[str]]) -> None:
    features, labels = data
    model = LinearModel.fit(features, labels, cost=1.0, dense_weight=0.1)
    shares = model.probabilities(features)
    assert [model.labels[i] for i in shares.argmax(axis=1)] == labels
    assert shares.sum(axis=1) == pytest.approx(1.0)


def test_training_is_repeatable(data: tuple[Features, list[str]]) -> None:
    one, other = (LinearModel.fit(*data, cost=1.0, dense_weight=0.1) for _ in range(2))
    assert np.array_equal(one.of_dense, other.of_dense)
    assert one.temperature == other.temperature


@pytest.mark.parametrize("nearness", [0.0, 2.0])
def test_saving_keeps_the_opinions(
    data: tuple[Features, list[str]], tmp_path: Path, nearness: float
) -> None:
    features, labels = data
    model = LinearModel.fit(features, labels, cost=1.0, dense_weight=0.1, nearness=nearness)
    model.save(tmp_path / "model.npz")
    again = LinearModel.load(tmp_path / "model.npz")
    assert again.labels == model.labels
    assert again.probabilities(features) == pytest.approx(model.probabilities(features), abs=1e-3)


def test_respelt_examples_make_it_no_surer(data: tuple[Features, list[str]]) -> None:
    features, labels = data
    twice = features.rows(np.concatenate([np.arange(60), np.arange(60)]))
    alone = LinearModel.fit(features, labels, cost=1.0, dense_weight=0.1)
    both = LinearModel.fit(twice, labels * 2, cost=1.0, dense_weight=0.1, own=60)
    assert both.temperature == alone.temperature


def test_the_nearest_example_counts_where_no_line_can_be_drawn() -> None:
    corners = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]], dtype=np.float32)
    labels = ["same", "same", "other", "other"]
    features = Features(sparse.csr_matrix((4, 0)), corners)
    asked = Features(sparse.csr_matrix((4, 0)), corners * 0.9 + 0.05)
    model = LinearModel.fit(features, labels, cost=1.0, dense_weight=0.1, nearness=2.0)
    shares = model.probabilities(asked)
    assert [model.labels[i] for i in shares.argmax(axis=1)] == labels


def test_many_texts_are_compared_as_one_alone(data: tuple[Features, list[str]]) -> None:
    features, labels = data
    model = LinearModel.fit(features, labels, cost=1.0, dense_weight=0.1, nearness=2.0)
    many = features.rows(np.arange(600) % 60)
    alone = np.vstack([model.margins(features.rows(np.array([n]))) for n in range(60)])
    assert model.margins(many)[:60] == pytest.approx(alone, abs=1e-4)


def test_two_labels_are_enough() -> None:
    features = Features(sparse.csr_matrix((4, 0)), np.array([[0.0], [0.1], [1.0], [1.1]]))
    model = LinearModel.fit(features, ["no", "no", "yes", "yes"], cost=10.0, dense_weight=1.0)
    assert model.probabilities(features).argmax(axis=1).tolist() == [0, 0, 1, 1]


def test_two_opinions_become_one() -> None:
    one, other = np.array([[0.6, 0.3, 0.1]]), np.array([[0.2, 0.3, 0.5]])
    assert pooled(one, other, 1.0) == pytest.approx(one)
    assert pooled(one, other, 0.0) == pytest.approx(other)
    half = pooled(one, other, 0.5)
    assert half.sum() == pytest.approx(1.0)
    assert half[0, 0] > half[0, 1] > half[0, 2]
    assert np.isfinite(pooled(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), 0.4)).all()
