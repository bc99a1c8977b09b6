"""The model is trained again when, and only when, something that decides what it learns changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.train import INPUTS, NAME, fingerprint, stale


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in INPUTS:
        path = tmp_path / name
        if path.suffix:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("content of " + name)
        else:
            path.mkdir(parents=True)
            (path / "file.yml").write_text("content of " + name)
    return tmp_path


@pytest.fixture
def models(project: Path) -> Path:
    folder = project / "models"
    folder.mkdir()
    (folder / f"{NAME}.tar.gz").write_bytes(b"model")
    (folder / f"{NAME}.inputs").write_text(fingerprint(project) + "\n")
    return folder


def test_nothing_changed(project: Path, models: Path) -> None:
    assert not stale(project, models)


@pytest.mark.parametrize("name", INPUTS)
def test_any_input_changed(project: Path, models: Path, name: str) -> None:
    path = project / name
    (path if path.is_file() else path / "file.yml").write_text("something else")
    assert stale(project, models)


def test_a_file_was_renamed(project: Path, models: Path) -> None:
    (project / "data" / "file.yml").rename(project / "data" / "other.yml")
    assert stale(project, models)


def test_bytecode_does_not_count(project: Path, models: Path) -> None:
    cache = project / "bot" / "nlu" / "__pycache__"
    cache.mkdir()
    (cache / "x.pyc").write_bytes(b"1")
    assert not stale(project, models)


@pytest.mark.parametrize("gone", [f"{NAME}.tar.gz", f"{NAME}.inputs"])
def test_no_model(project: Path, models: Path, gone: str) -> None:
    (models / gone).unlink()
    assert stale(project, models)
