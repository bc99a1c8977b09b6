"""What the tests of understanding share; no trained model is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge.loader import load
from knowledge.model import KnowledgeBase

DATA = Path(__file__).resolve().parents[3] / "data" / "nlu"


@pytest.fixture(scope="session")
def kb() -> KnowledgeBase:
    return load()


@pytest.fixture(scope="session")
def vocabulary() -> dict[str, dict[str, int]]:
    """Words of the training examples by variety, as training counts them."""
    from rasa.shared.nlu.training_data.message import Message

    from bot.nlu.examples import count_words

    examples = []
    for path in sorted(DATA.glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                if line.startswith("- "):
                    metadata = {"intent": block["metadata"]}
                    examples.append(Message({"text": line[2:], "metadata": metadata}))
    return count_words(examples)
