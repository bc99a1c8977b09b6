"""The benchmark asks for every page on both databases; here with few conversations."""

from __future__ import annotations

import pytest

from bot.console import bench
from bot.settings import Settings


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_page_answers_over_made_up_conversations(
    kind: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 1)
    monkeypatch.setattr(bench, "MEDIAN_MS", 60_000)
    monkeypatch.setattr(bench, "WORST_MS", 60_000)
    assert bench.main(150, [kind], settings) == 0
    printed = capsys.readouterr().out
    assert f"{kind}: 150 conversations" in printed
    assert "/dashboard" in printed
    assert "The bars are met." in printed


def test_a_page_that_is_too_slow_fails_the_benchmark(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 1)
    monkeypatch.setattr(bench, "MEDIAN_MS", 0)
    monkeypatch.setattr(bench, "pages", lambda engine: ["/counts"])
    assert bench.main(5, ["sqlite"], settings) == 1
    assert "too slow" in capsys.readouterr().out
