"""Writes exported candidates to files: a folder, an archive, or into the training data.

Beside the message path, under `python -m bot console export-nlu` and the console's button.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import yaml

from bot.console.candidates import Export, example_line, nlu_yaml


def write_folder(found: Export, folder: Path) -> list[Path]:
    """One file a use and language below `folder`; returns their paths."""
    written = []
    for name, text in found.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def archive(found: Export) -> bytes:
    """The same files as a zip archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in found.files.items():
            zipped.writestr(name, text)
    return data.getvalue()


def add_to_training(found: Export, data: Path) -> list[Path]:
    """Append the sentences for training to data/nlu/<language>/<intent>.yml; returns the files.

    What is for evaluation is not touched: it must never get near the training data.
    """
    changed = []
    for name, text in found.files.items():
        use, language = name.removesuffix(".yml").split("/")
        if use != "training":
            continue
        for block in yaml.safe_load(text)["nlu"]:
            intent, lines = block["intent"], block["examples"].splitlines()
            path = data / language / f"{intent.removeprefix('ask_')}.yml"
            sentences = [example_line(line.removeprefix("- ")) for line in lines]
            if path.exists():
                path.write_text(_appended(path, sentences), encoding="utf-8")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(nlu_yaml(language, {intent: sentences}), encoding="utf-8")
            changed.append(path)
    return changed


def _appended(path: Path, sentences: list[str]) -> str:
    """The text of a file with more examples at its end.

    Raises:
        ValueError: the file does not end with a block of examples.
    """
    old = path.read_text(encoding="utf-8").rstrip("\n")
    text = old + "".join(f"\n    - {sentence}" for sentence in sentences) + "\n"
    try:
        examples = yaml.safe_load(text)["nlu"][-1]["examples"].splitlines()
    except (yaml.YAMLError, KeyError, TypeError, IndexError, AttributeError):
        examples = []
    if examples[-len(sentences) :] != [f"- {sentence}" for sentence in sentences]:
        raise ValueError(f"{path}: does not end with a block `examples: |` indented by 4 spaces")
    return text
