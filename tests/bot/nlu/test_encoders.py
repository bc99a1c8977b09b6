"""The encoder's rows: encoded once, small in the repository, and those of our own examples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.bench.ablation import examples
from bot.nlu.encoders import ENCODERS, EncodedTexts, key_of, read_table, write_table
from bot.nlu.romanised import TABLES


class Letters:
    """Counts letters, and how often it was asked."""

    name, size = "letters", 26

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        letters = "abcdefghijklmnopqrstuvwxyz"
        return np.array([[text.count(letter) for letter in letters] for text in texts], float)


def test_a_text_is_encoded_once(tmp_path: Path) -> None:
    encoder = Letters()
    first = EncodedTexts(tmp_path, encoder).encode(["abba", "cab", "abba"])
    assert encoder.asked == ["cab", "abba"]
    again = EncodedTexts(tmp_path, encoder).encode(["cab", "abba"])
    assert encoder.asked == ["cab", "abba"]
    assert np.array_equal(again, first[[1, 0]])


@pytest.mark.parametrize("keep_all", [False, True])
def test_what_is_not_used_any_more_is_dropped(tmp_path: Path, keep_all: bool) -> None:
    encoder = Letters()
    for texts in (["abba"], ["cab"], ["abba"]):
        EncodedTexts(tmp_path, encoder, keep_all).encode(texts)
    assert encoder.asked.count("abba") == (1 if keep_all else 2)


def test_a_table_holds_nearly_the_same(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = (random.normal(size=(300, 40)) @ random.normal(size=(40, 384))).astype(np.float16)
    table = tmp_path / "table.npz"
    write_table(table, {key_of(str(number)): row for number, row in enumerate(rows)})
    read = read_table(table)
    for number, row in enumerate(rows):
        wanted, got = row.astype(float), read[key_of(str(number))].astype(float)
        assert np.linalg.norm(wanted - got) < 0.05 * np.linalg.norm(wanted)


def test_no_table_is_no_rows(tmp_path: Path) -> None:
    assert read_table(tmp_path / "none.npz") == {}


@pytest.fixture(scope="module")
def shipped() -> dict[int, np.ndarray]:
    (path,) = TABLES.glob("*.rows.npz")
    return read_table(path)


@pytest.mark.parametrize("language", ["bn", "zh"])  # read as typed, or nearly so
def test_our_examples_are_in_the_table(language: str, shipped: dict[int, np.ndarray]) -> None:
    """Else a new clone trains for minutes more: run `python -m bot.nlu.build.encoded`."""
    texts = _examples(language)
    assert sum(key_of(text) in shipped for text in texts) > 0.85 * len(texts)


def test_the_table_is_of_the_encoder_that_we_use(shipped: dict[int, np.ndarray]) -> None:
    """Each text encoded now is nearest to its own row."""
    (path,) = TABLES.glob("*.rows.npz")
    encoder = ENCODERS[path.name.split("-")[0]]()
    assert path.name == f"{encoder.name}.rows.npz"
    texts = [text for text in _examples("bn") if key_of(text) in shipped][::200]
    keys, rows = list(shipped), np.stack(list(shipped.values())).astype(np.float32)
    mean = rows.mean(axis=0)
    centred = rows - mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    assert len(texts) > 10
    for text in texts:
        near = centred @ (encoder.encode([text])[0] - mean)
        assert keys[int(near.argmax())] == key_of(text)


def _examples(language: str) -> list[str]:
    return [example.text.typed for example in examples() if example.variety == language]
