"""Strict YAML: every value is text, a list, a map or nothing, and every key has a line number.

Stands under `knowledge.loader`: plain YAML would read `no` as false and `12:30` as 750.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.problems import KnowledgeError, Problem


@dataclass(frozen=True)
class YamlFile:
    """One file as read."""

    name: str  # as messages show it
    data: dict[str, Any]  # str, list, dict or None, nested
    lines: Mapping[str, int]  # dotted key -> line; list items by number: "aliases.0"


# The C reader where PyYAML was built with it: five times as fast, same result.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TextLoader(_SafeLoader):
    """PyYAML's safe loader without its guesses: only an empty value and null are not text."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
        for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
    }


def read(path: Path, name: str | None = None) -> YamlFile:
    """Read one file whose top is a map.

    Raises:
        KnowledgeError: the file is missing, not UTF-8, not YAML, has a key twice, or uses
            anchors or tags, which no knowledge file needs.
    """
    name = name or path.name
    try:
        loader = _TextLoader(path.read_text(encoding="utf-8"))
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except OSError as error:
        raise KnowledgeError([Problem(name, 0, "", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise KnowledgeError([Problem(name, 0, "", "is not UTF-8: save it as UTF-8")]) from error
    except yaml.YAMLError as error:
        raise KnowledgeError([_syntax_problem(name, error)]) from error
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    data = _plain(node, "", name, lines, problems, frozenset()) if node is not None else {}
    if not problems and not isinstance(data, dict):
        problems.append(Problem(name, 1, "", "must be a map of `key: value` lines"))
    if problems:
        raise KnowledgeError(problems)
    return YamlFile(name, data, lines)


def _syntax_problem(name: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error)
    return Problem(name, mark.line + 1 if mark else 0, "", f"is not YAML here: {what}")


def _plain(
    node: yaml.Node,
    key: str,
    name: str,
    lines: dict[str, int],
    problems: list[Problem],
    above: frozenset[int],
) -> Any:
    """Turn a YAML node into plain values, noting lines and collecting problems."""
    line = node.start_mark.line + 1
    lines.setdefault(key, line)
    if id(node) in above:
        problems.append(Problem(name, line, key, "refers to itself: write the value out"))
        return None
    above = above | {id(node)}
    if isinstance(node, yaml.ScalarNode):
        if node.tag not in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:null"):
            problems.append(Problem(name, line, key, f"tag {node.tag} is not used here"))
        return None if node.tag.endswith(":null") else node.value
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(item, f"{key}.{place}", name, lines, problems, above)
            for place, item in enumerate(node.value)
        ]
    plain: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem(name, line, key, "a key must be a word"))
            continue
        word = key_node.value
        dotted = f"{key}.{word}" if key else word
        if word in plain:
            first = lines[dotted]
            problems.append(
                Problem(name, line, dotted, f"is there twice, first in line {first}: keep one")
            )
            continue
        lines[dotted] = line
        plain[word] = _plain(value_node, dotted, name, lines, problems, above)
    return plain
