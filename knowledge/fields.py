"""Typed access to one YAML map: each missing, empty, misshapen or unknown key is a problem.

Stands between `knowledge.yaml_reader` and `knowledge.loader`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from knowledge.problems import Problem
from knowledge.yaml_reader import YamlFile


class Fields:
    """The map at `key` of a file. Ask for what belongs there, then call `done`."""

    def __init__(self, file: YamlFile, problems: list[Problem], key: str = "", data: Any = None):
        self.file = file
        self.problems = problems
        self.key = key
        self._data: dict[str, Any] = file.data if data is None and not key else data or {}
        self._asked: set[str] = set()
        if not isinstance(self._data, dict):
            self.problem("", "must be a map of `key: value` lines")
            self._data = {}

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def is_text(self, key: str) -> bool:
        """Whether the key holds a text, where it may hold a map instead."""
        return isinstance(self._data.get(key), str)

    def dotted(self, key: str) -> str:
        """The key's full name in the file."""
        return ".".join(part for part in (self.key, key) if part)

    def problem(self, key: str, message: str) -> None:
        """Note a problem at a key of this map."""
        dotted = self.dotted(key)
        known = dotted
        while known and known not in self.file.lines:
            known = known.rpartition(".")[0]
        line = self.file.lines.get(known, 0) if known else 0
        self.problems.append(Problem(self.file.name, line, dotted, message))

    def text(self, key: str, default: str | None = None) -> str:
        """A text that must be filled in, unless there is a default."""
        value = self.optional_text(key)
        if value is not None:
            return value
        if default is not None:
            return default
        self.problem(key, "is missing or empty: fill it in")
        return ""

    def optional_text(self, key: str) -> str | None:
        """A text, or None where the file has nothing or null."""
        self._asked.add(key)
        value = self._data.get(key)
        if value is not None and not isinstance(value, str):
            self.problem(key, "must be a text")
            return None
        return value.strip() or None if value else None

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts; one text alone counts as a list of one."""
        self._asked.add(key)
        value = self._data.get(key)
        if isinstance(value, str):
            value = [value]
        if not value and not required:
            return ()
        if not isinstance(value, list) or not value:
            self.problem(key, "must be a list, with one `- text` a line")
            return ()
        if not all(isinstance(item, str) and item.strip() for item in value):
            self.problem(key, "has an entry that is empty or not a text")
            return ()
        return tuple(item.strip() for item in value)

    def integer(self, key: str) -> int:
        """A whole number."""
        text = self.text(key)
        if text and not text.isdecimal():
            self.problem(key, f"must be a whole number, not {text!r}")
        return int(text) if text.isdecimal() else 0

    def fields(self, key: str, required: bool = True) -> Fields:
        """The map under a key; empty where it is missing and not required."""
        self._asked.add(key)
        value = self._data.get(key)
        if value is None:
            if required:
                self.problem(key, "is missing: add it")
            value = {}
        return Fields(self.file, self.problems, self.dotted(key), value)

    def text_map(self, key: str, required: bool = True) -> dict[str, str]:
        """A map whose values are all texts."""
        inner = self.fields(key, required)
        return {name: inner.text(name) for name in inner}

    def flat_texts(self) -> dict[str, str]:
        """All texts of a nested map by dotted key: {"answer.greet": "Hello"}."""
        flat: dict[str, str] = {}
        for key, value in self._data.items():
            if isinstance(value, dict):
                inner = self.fields(key).flat_texts()
                flat.update({f"{key}.{name}": text for name, text in inner.items()})
            else:
                flat[key] = self.text(key)
        return flat

    def done(self) -> None:
        """Report every key that nobody asked for: mostly a misspelt one."""
        for key in self._data:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked)) or "none"
                self.problem(key, f"is not known here; known are: {known}")
