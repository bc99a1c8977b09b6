"""The console's own words, as data in strings/<language>.yml, and dates and numbers in them.

Beside the message path: what staff read. Treatments are named as the knowledge base names them.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, dates, numbers

from knowledge.loader import load
from knowledge.model import KnowledgeBase
from knowledge.yaml_reader import read

STRINGS = Path(__file__).with_name("strings")
DEFAULT = "en"


@dataclass(frozen=True)
class Words:
    """One language of the console."""

    language: str
    name: str  # of the language, in itself
    texts: Mapping[str, str]
    treatments: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The wording of a key, its placeholders filled."""
        text = self.texts[key]
        return text.format(**values) if values else text

    def label(self, group: str, value: str | None) -> str:
        """The name of an id: `label("intent", "ask_pain")`; the id itself where none is known."""
        if not value:
            return ""
        if group == "treatment":
            return self.treatments.get(value, value)
        if group == "topic":
            return self.texts.get(f"intent.ask_{value}", value)
        return self.texts.get(f"{group}.{value}", value)

    def number(self, value: float) -> str:
        return self._native(numbers.format_decimal(value, locale=self._locale))

    def percent(self, share: float | None) -> str:
        """A share from 0 to 1."""
        if share is None:
            return "–"
        # A share below a tenth keeps one decimal: one emergency in 200 is not none.
        rounded = round(share, 3 if share < 0.1 else 2)
        text = numbers.format_percent(rounded, locale=self._locale, decimal_quantization=False)
        return self._native(text)

    def moment(self, value: datetime) -> str:
        """Date and time in the server's time zone."""
        local = value.astimezone()
        return self._native(dates.format_datetime(local, "d MMM y, HH:mm", locale=self._locale))

    def time(self, value: datetime) -> str:
        local = value.astimezone()
        return self._native(dates.format_time(local, "HH:mm:ss", locale=self._locale))

    def day(self, value: date) -> str:
        return self._native(dates.format_date(value, "d MMM", locale=self._locale))

    def _native(self, text: str) -> str:
        """With the language's own digits, which Babel does not write."""
        return str(text).translate(_digits(self.language))

    @property
    def _locale(self) -> Locale:
        return _locale(self.language)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@cache
def _digits(language: str) -> dict[int, str]:
    known = knowledge_base().languages.get(language)
    return dict(zip(map(ord, string.digits), known.digits, strict=True)) if known else {}


@lru_cache(maxsize=1)
def all_words(folder: Path = STRINGS) -> Mapping[str, Words]:
    """Every language of the console, by code."""
    kb = knowledge_base()
    found = {}
    for path in sorted(folder.glob("*.yml"), key=lambda path: (path.stem != DEFAULT, path.stem)):
        texts = flatten(read(path).data)
        names = {
            treatment.id: treatment.words[path.stem].name
            for treatment in kb.treatments.values()
            if path.stem in treatment.words
        }
        found[path.stem] = Words(path.stem, texts["language_name"], texts, names)
    return found


@lru_cache(maxsize=1)
def knowledge_base() -> KnowledgeBase:
    """The knowledge base as it was when the console started."""
    return load()


def flatten(data: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Nested maps with dotted keys."""
    found: dict[str, str] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            found.update(flatten(value, f"{above}{key}."))
        else:
            found[above + key] = value
    return found
