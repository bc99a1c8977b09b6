"""A small knowledge folder that passes every check, and a copy of it to break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.loader import load
from knowledge.model import KnowledgeBase

SMALL = Path(__file__).with_name("small_knowledge")

Break = Callable[[str, str, str], Path]


@pytest.fixture(scope="session")
def small() -> KnowledgeBase:
    return load(SMALL)


@pytest.fixture(scope="session")
def real() -> KnowledgeBase:
    return load()


@pytest.fixture
def broken(tmp_path: Path) -> Break:
    """`broken(file, old, new)` replaces a text in a copy of the small folder, once.

    An empty `old` appends `new`; a file that is not there is made.
    """
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)

    def change(file: str, old: str, new: str) -> Path:
        path = folder / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if old:
            assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
        return folder

    return change
