"""Where trained models lie, and which one is used.

Stands before step 2 of the message path: the pipeline and the rules are in the model.
"""

from __future__ import annotations

from pathlib import Path

from bot.settings import ROOT

MODELS = ROOT / "models"


class NoModel(FileNotFoundError):
    """There is no trained model to answer with."""


def newest_model(folder: Path = MODELS) -> Path:
    """The model that was trained last.

    Raises:
        NoModel: the folder has none.
    """
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise NoModel(f"No trained model in {folder}: run `make train`")
    return models[-1]
