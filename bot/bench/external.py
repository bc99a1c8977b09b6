"""Trains and tests our architecture on a set of other people: JSON lines with "text", "intent".

Subcommand `external` of `python -m bot.bench.nlu`; HINT3's format and its label for out of scope.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.bench.architecture import Architecture, Text

OUT = "NO_NODES_DETECTED"
THRESHOLDS = tuple(round(step / 10, 1) for step in range(1, 10))


@dataclass(frozen=True)
class Row:
    """Per cent at one threshold of confidence."""

    threshold: float
    in_scope: float  # in-scope questions given their intent
    out_of_scope: float  # out-of-scope questions given none


def read(path: Path) -> tuple[list[Text], list[str]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Text(row["text"], row["text"]) for row in rows], [row["intent"] for row in rows]


def evaluate(train: Path, test: Path, out: str = OUT) -> list[Row]:
    texts, labels = read(train)
    asked, right = read(test)
    given, confidence = Architecture().fit(texts, labels).predict(asked)
    return judge(right, given, confidence, out)


def judge(
    right: Sequence[str], given: Sequence[str], confidence: np.ndarray, out: str
) -> list[Row]:
    inside = np.array([label != out for label in right])
    hit = np.array([one == other for one, other in zip(right, given, strict=True)])
    predicted_out = np.array([label == out for label in given])
    rows = []
    for step in THRESHOLDS:
        sure = (confidence >= step) & ~predicted_out
        rows.append(
            Row(
                step,
                100 * float((hit & sure)[inside].mean()),
                100 * float((~sure)[~inside].mean()) if (~inside).any() else float("nan"),
            )
        )
    return rows
