"""`python -m knowledge.check` as a clinic worker runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.check.__main__ import main

Break = Callable[[str, str, str], Path]
SMALL = Path(__file__).parents[1] / "small_knowledge"


def test_a_good_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--path", str(SMALL)]) == 0
    assert capsys.readouterr() == ("", "small_knowledge: all checks pass\n")


def test_problems_are_printed_and_fail(broken: Break, capsys: pytest.CaptureFixture[str]) -> None:
    folder = broken("treatments/mud_bath/en.yml", "warm mud", "3 muds")
    assert main(["--path", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("treatments/mud_bath/en.yml:6: topics.definition: has a typed number")
    assert err == "1 problem\n"


def test_coverage(broken: Break, capsys: pytest.CaptureFixture[str]) -> None:
    folder = broken("treatments/mud_bath/bn.yml", "  definition: গরম কাদায় স্নান।\n", "")
    assert main(["--path", str(folder), "--coverage"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["mud_bath", "en", "bn"]
    assert ["definition", "stated", "missing"] in lines
    assert ["definition", "stated", "stated"] in lines
    assert ["side_effects", "not", "stated", "not", "stated"] in lines
    assert lines[-1] == ["5", "stated,", "6", "not", "stated,", "1", "missing"]
