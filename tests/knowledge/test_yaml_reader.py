"""Values stay the text that staff typed; whatever is doubtful is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.problems import KnowledgeError
from knowledge.yaml_reader import read


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "some.yml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("typed", ["no", "on", "yes", "12:30", "2024-01-05", "0777", "1e3"])
def test_what_is_typed_stays_text(tmp_path: Path, typed: str) -> None:
    assert read(written(tmp_path, f"key: {typed}")).data == {"key": typed}


@pytest.mark.parametrize("typed", ["", "null", "~"])
def test_nothing_and_null_are_none(tmp_path: Path, typed: str) -> None:
    assert read(written(tmp_path, f"key: {typed}")).data == {"key": None}


def test_a_quoted_null_is_text(tmp_path: Path) -> None:
    assert read(written(tmp_path, 'key: "null"')).data == {"key": "null"}


def test_keys_that_look_like_other_things_stay_text(tmp_path: Path) -> None:
    assert read(written(tmp_path, "no: 1\n12: 2")).data == {"no": "1", "12": "2"}


def test_lines_are_known_by_dotted_key(tmp_path: Path) -> None:
    lines = read(written(tmp_path, "a:\n  b: x\n  c:\n    - y\n    - z\n")).lines
    assert (lines["a"], lines["a.b"], lines["a.c"], lines["a.c.1"]) == (1, 2, 3, 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "some.yml:3: a: is there twice, first in line 1: keep one"),
        ("x:\n  a: 1\n  a: 2\n", "some.yml:3: x.a: is there twice, first in line 2: keep one"),
        ("a: [1\nb: 2\n", "some.yml:2: is not YAML here"),
        ("a: !!int 3\n", "some.yml:1: a: tag tag:yaml.org,2002:int is not used here"),
        ("- a\n", "some.yml:1: must be a map"),
        ("a: &x\n  b: *x\n", "refers to itself"),
        ("? [a]\n: b\n", "a key must be a word"),
    ],
)
def test_refused_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        read(written(tmp_path, text))
    assert said in str(caught.value)


def test_a_missing_file_and_other_encodings_are_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"none\.yml: cannot be read"):
        read(tmp_path / "none.yml")
    path = tmp_path / "old.yml"
    path.write_bytes("name: Café".encode("latin-1"))
    with pytest.raises(KnowledgeError, match=r"old\.yml: is not UTF-8"):
        read(path)


def test_an_empty_file_is_an_empty_map(tmp_path: Path) -> None:
    assert read(written(tmp_path, "# nothing yet\n")).data == {}
