"""Reads `words/<language>.yml`: what the matchers know of a language beside the knowledge base.

Stands under steps 2 to 5 of the message path. A language without a file has none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("words")


@dataclass(frozen=True)
class LanguageWords:
    endings: tuple[str, ...] = ()  # what the language joins to names: plurals, case endings
    connectives: tuple[str, ...] = ()  # words that begin another question: "and", "also"
    denials: tuple[str, ...] = ()  # "not about": what the patient does not ask
    opening_denials: tuple[str, ...] = ()  # the same only where they begin a clause among others
    ordinary: tuple[str, ...] = ()  # everyday words that look like a mistyped name
    shorthand: Mapping[str, str] = field(default_factory=dict)  # as in chats: "pls" is "please"


def read_words(folder: Path = FOLDER) -> dict[str, LanguageWords]:
    """By variety.

    Raises:
        ValueError: a key that nothing reads.
    """
    found: dict[str, LanguageWords] = {}
    for path in sorted(folder.glob("*.yml")):
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        unknown = set(content) - set(LanguageWords.__dataclass_fields__)
        if unknown:
            raise ValueError(f"{path}: nothing reads {sorted(unknown)}")
        # YAML takes some bare words ("no", "y") for truth values: they are quoted in the files
        for key, values in content.items():
            texts = [*values, *values.values()] if isinstance(values, dict) else values
            wrong = [text for text in texts if not isinstance(text, str)]
            if wrong:
                raise ValueError(f"{path}: {key}: put {wrong} in quotation marks")
        shorthand = content.pop("shorthand", {})
        lists = {key: tuple(values) for key, values in content.items()}
        found[path.stem] = LanguageWords(**lists, shorthand=shorthand)
    return found


def all_endings() -> tuple[str, ...]:
    """The endings of all languages together: patients mix them."""
    return tuple(ending for words in read_words().values() for ending in words.endings)


def all_ordinary() -> tuple[str, ...]:
    """The everyday words of all languages that look like mistyped names."""
    return tuple(word for words in read_words().values() for word in words.ordinary)
