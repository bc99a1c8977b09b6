"""Each key that is missing, misshapen or unknown becomes a problem with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.fields import Fields
from knowledge.problems import Problem
from knowledge.yaml_reader import read

TEXT = """\
name: Ada
empty:
number: twelve
list: [a, b]
alone: a
holes: [a, ""]
map:
  x: 1
  y:
    z: deep
"""


@pytest.fixture
def fields(tmp_path: Path) -> Fields:
    (tmp_path / "f.yml").write_text(TEXT)
    return Fields(read(tmp_path / "f.yml"), [])


def said(fields: Fields) -> list[str]:
    return [str(problem) for problem in fields.problems]


def test_values(fields: Fields) -> None:
    assert fields.text("name") == "Ada"
    assert fields.text("nowhere", default="x") == "x"
    assert fields.optional_text("empty") is None
    assert fields.texts("list") == ("a", "b")
    assert fields.texts("alone") == ("a",)
    assert fields.texts("nowhere") == ()
    assert fields.fields("map").flat_texts() == {"x": "1", "y.z": "deep"}
    assert said(fields) == []


def test_what_is_wrong_is_named_with_its_line(fields: Fields) -> None:
    fields.text("empty")
    fields.text("map")
    fields.integer("number")
    fields.texts("map")
    fields.texts("holes")
    fields.texts("nowhere", required=True)
    fields.fields("name")
    fields.fields("nothing")
    fields.fields("map").text("y")
    assert said(fields) == [
        "f.yml:2: empty: is missing or empty: fill it in",
        "f.yml:7: map: must be a text",
        "f.yml:7: map: is missing or empty: fill it in",
        "f.yml:3: number: must be a whole number, not 'twelve'",
        "f.yml:7: map: must be a list, with one `- text` a line",
        "f.yml:6: holes: has an entry that is empty or not a text",
        "f.yml: nowhere: must be a list, with one `- text` a line",
        "f.yml:1: name: must be a map of `key: value` lines",
        "f.yml: nothing: is missing: add it",
        "f.yml:9: map.y: must be a text",
        "f.yml:9: map.y: is missing or empty: fill it in",
    ]


def test_keys_that_nobody_asked_for_are_unknown(fields: Fields) -> None:
    for key in ("name", "empty", "number", "list", "alone", "holes"):
        fields.optional_text(key) if key in ("name", "empty") else fields.texts(key)
    fields.problems.clear()
    fields.done()
    assert fields.problems == [
        Problem(
            "f.yml", 7, "map",
            "is not known here; known are: alone, empty, holes, list, name, number",
        )
    ]  # fmt: skip
