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
                old = path.read_text(encoding="utf-8").rstrip("\n")
                more = "".join(f"\n    - {sentence}" for sentence in sentences)
                path.write_text(f"{old}{more}\n", encoding="utf-8")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(nlu_yaml(language, {intent: sentences}), encoding="utf-8")
            changed.append(path)
    return changed
