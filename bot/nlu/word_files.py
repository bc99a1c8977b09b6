"""Reads `words/<language>.yml`: what the matchers know of a language beside the knowledge base.

Stands under steps 2 to 5 of the message path. A language without a file has none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
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
            wrong = [value for value in values if not isinstance(value, str)]
            if wrong:
                raise ValueError(f"{path}: {key}: put {wrong} in quotation marks")
        found[path.stem] = LanguageWords(**{k: tuple(v) for k, v in content.items()})
    return found


def all_endings() -> tuple[str, ...]:
    """The endings of all languages together: patients mix them."""
    return tuple(ending for words in read_words().values() for ending in words.endings)


def all_ordinary() -> tuple[str, ...]:
    """The everyday words of all languages that look like mistyped names."""
    return tuple(word for words in read_words().values() for word in words.ordinary)
