"""Words of the training examples, counted for each variety.

Used in training by `bot.nlu.language` and `bot.nlu.transliteration`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.scripts import words


def language_of_example(message: Message) -> str | None:
    """The variety that a training example's file names under `metadata`."""
    metadata = message.get("metadata") or {}
    for part in (metadata.get("intent"), metadata.get("example"), metadata):
        if isinstance(part, dict) and part.get("language"):
            return str(part["language"])
    return None


def count_words(examples: Iterable[Message]) -> dict[str, dict[str, int]]:
    """Variety -> word in small letters -> how often it stands in the examples."""
    counts: dict[str, Counter[str]] = {}
    for message in examples:
        code = language_of_example(message)
        if code and message.get(TEXT):
            counter = counts.setdefault(code, Counter())
            counter.update(word.lower() for word, _ in words(message.get(TEXT)))
    return {code: dict(counter) for code, counter in counts.items()}
