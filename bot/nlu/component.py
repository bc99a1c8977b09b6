"""What our Rasa components share: storing tables beside the model, and when to leave a text alone.

Stands under steps 2 to 5 of the message path.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

CLAUSES = "clauses"  # attribute: the parts of a message that ask several things
READING = "reading"  # attribute: the text as the classifier reads it, Banglish in Bengali script

MEANING = "meaning"  # attribute of a respelt example: the reading whose embedding is its own


def text_of(message: Message) -> str | None:
    """The patient's words; None for a button's payload and for examples without text."""
    text = message.get(TEXT)
    if not isinstance(text, str) or not text.strip() or text.startswith("/"):
        return None
    return text


def reading_of(message: Message) -> str | None:
    """The text as the classifier reads it."""
    reading = message.get(READING)
    return reading if isinstance(reading, str) else text_of(message)


def with_clauses(messages: Iterable[Message]) -> list[Message]:
    """Messages with the clauses that they were cut into, each a message of its own."""
    return [part for message in messages for part in (message, *message.get(CLAUSES, ()))]


def save_json(storage: ModelStorage, resource: Resource, name: str, content: Any) -> None:
    """Write one JSON file into a component's folder of the model."""
    with storage.write_to(resource) as folder:
        path = Path(folder) / name
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def load_json(storage: ModelStorage, resource: Resource, name: str) -> Any:
    """Read it back.

    Raises:
        ValueError: the model has no such resource, see rasa's ModelStorage.
    """
    with storage.read_from(resource) as folder:
        return json.loads((Path(folder) / name).read_text(encoding="utf-8"))


def hash_of(paths: Iterable[Path]) -> str:
    """One hash over files that a component opens itself, which Rasa's training cache cannot see."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
