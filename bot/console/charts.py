"""Sizes of the dashboard's charts, drawn as SVG by the templates.

Beside the message path. Every bar is a link to the conversations behind it and has its number
beside it, so that a chart reads without colour, without a script and by a screen reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 180  # units of the drawing, which scales to the page
LABELS = 8  # at most, below the columns


@dataclass(frozen=True)
class Bar:
    """One value of a chart."""

    label: str
    count: int
    link: str
    text: str  # the count as read


@dataclass(frozen=True)
class Column:
    """A bar's place in the drawing."""

    bar: Bar
    x: float
    y: float
    width: float
    height: float
    labelled: bool


def columns(bars: Sequence[Bar]) -> list[Column]:
    """Upright bars beside each other, the highest as high as the drawing."""
    top = max((bar.count for bar in bars), default=0) or 1
    step = WIDTH / max(1, len(bars))
    every = max(1, -(-len(bars) // LABELS))
    return [
        Column(
            bar,
            round(place * step + step * 0.1, 2),
            round(HEIGHT - HEIGHT * bar.count / top, 2),
            round(step * 0.8, 2),
            round(HEIGHT * bar.count / top, 2),
            place % every == 0,
        )
        for place, bar in enumerate(bars)
    ]
