"""Reads the sentences of Rasa NLU files below data/nlu/.

Beside the message path, under the candidates' page, the generator and the knowledge gaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

# The C parser where PyYAML was built with it: ten times as quick over 200 files.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ANNOTATED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def read_yaml(path: Path) -> dict[str, Any]:
    """The map at the top of a YAML file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}  # noqa: S506 - safe


def sentences_of(path: Path) -> Iterator[tuple[str, str]]:
    """(intent, sentence) of one file, annotations taken out."""
    for block in read_yaml(path).get("nlu") or []:
        for line in str(block.get("examples", "")).splitlines():
            text = _ANNOTATED.sub(r"\1", line).strip().removeprefix("-").strip()
            if text and block.get("intent"):
                yield block["intent"], text


def read_examples(folder: Path) -> dict[str, dict[str, list[str]]]:
    """The training sentences below a folder: language -> intent -> sentences."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted(folder.glob("*/*.yml")):
        for intent, text in sentences_of(path):
            found.setdefault(path.parent.name, {}).setdefault(intent, []).append(text)
    return found
