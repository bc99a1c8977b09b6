"""Whatever a patient types can be normalised. (Where hypothesis is installed.)"""

from __future__ import annotations

import pytest

from knowledge.normalise import fold, normalise, normalise_with_offsets

hypothesis = pytest.importorskip("hypothesis")


@hypothesis.given(hypothesis.strategies.text(max_size=80))
def test_any_text_can_be_normalised(text: str) -> None:
    normal, offsets = normalise_with_offsets(text)
    assert len(offsets) == len(normal) + 1
    assert list(offsets) == sorted(offsets)
    assert "  " not in normal
    assert normal == normal.strip()
    assert normalise(fold(normal)) == normalise(fold(normalise(normal)))
