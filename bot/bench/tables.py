"""Markdown tables and plots of the bench.

Used by `bot.bench.nlu`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

from bot.bench.understanding import Understood

mpl.use("Agg")
from matplotlib import pyplot as plt

# Names of varieties may be Bengali or Chinese; the first font that is installed is used.
plt.rcParams["font.family"] = ["DejaVu Sans", "Noto Sans Bengali", "Noto Sans CJK SC"]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A markdown table; numbers with one digit after the point."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if np.isnan(value) else f"{value:.1f}"
    return str(value)


def plot_reliability(records: Sequence[Understood], path: Path, bins: int = 10) -> None:
    """How often the model is right at each confidence."""
    confidence = np.array([r.confidence for r in records])
    right = np.array([r.right for r in records], dtype=float)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey")
    used = [b for b in range(bins) if (place == b).any()]
    x = [confidence[place == b].mean() for b in used]
    y = [right[place == b].mean() for b in used]
    sizes = [20 + 400 * (place == b).mean() for b in used]
    axes.plot(x, y, color="tab:blue")
    axes.scatter(x, y, s=sizes, color="tab:blue")
    axes.set(xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    _save(figure, path)


def plot_thresholds(rows: Sequence[tuple[float, float, float, float]], path: Path) -> None:
    figure, axes = plt.subplots(figsize=(6, 4))
    steps, answered, rejected, recognised = zip(*rows, strict=True)
    axes.plot(steps, answered, label="in scope: answered and right")
    axes.plot(steps, rejected, label="in scope: rejected")
    axes.plot(steps, recognised, label="out of scope: recognised")
    axes.set(xlabel="threshold of confidence", ylabel="per cent", ylim=(0, 101))
    axes.legend()
    _save(figure, path)


def plot_confusion(records: Sequence[Understood], path: Path) -> None:
    names = sorted({r.question.intent for r in records} | {r.intent for r in records})
    at = {name: i for i, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    for record in records:
        counts[at[record.question.intent], at[record.intent]] += 1
    np.fill_diagonal(counts, 0)  # the errors are what one looks for
    figure, axes = plt.subplots(figsize=(11, 10))
    image = axes.imshow(counts, cmap="magma_r")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set(xlabel="taken for", ylabel="asked")
    figure.colorbar(image, shrink=0.6)
    _save(figure, path)


def _save(figure: plt.Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
