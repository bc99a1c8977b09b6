"""Imports go one way: knowledge <- actions, knowledge <- bot; bot calls actions over HTTP."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {
    "knowledge": {"actions", "bot", "rasa", "rasa_sdk"},
    "actions": {"bot", "rasa"},
    "bot": {"actions"},
}


def imported_packages(source: str) -> set[str]:
    """Top-level packages that a module imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


def modules() -> list[Path]:
    return sorted(p for package in FORBIDDEN for p in (ROOT / package).rglob("*.py"))


def test_the_walk_sees_every_kind_of_import() -> None:
    source = "import rasa.core\ndef f():\n    from bot.nlu import x\nfrom . import y\n"
    assert imported_packages(source) == {"rasa", "bot"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    wrong = imported_packages(path.read_text()) & FORBIDDEN[package]
    assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}"
