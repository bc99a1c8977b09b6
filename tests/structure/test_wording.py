"""No word that a patient can read stands in Python: wording is data, under knowledge/."""

from __future__ import annotations

import ast
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(p for top in ("bot", "actions", "knowledge") for p in (ROOT / top).rglob("*.py"))
SPOKEN = {"utter_message", "Reply"}


def docstrings(tree: ast.AST) -> set[int]:
    """Ids of the constants that are docstrings."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, holders) and node.body]
    return {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}


def foreign_letters(source: str) -> list[str]:
    """Texts as typed, docstrings aside, with letters that English does not have.

    Escapes such as \\u09bc, which a normaliser needs, are no words.
    """
    tree = ast.parse(source)
    skipped = docstrings(tree)
    return [
        typed
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in skipped
        if (typed := ast.get_source_segment(source, node) or node.value)
        if any(ord(c) > 127 and unicodedata.category(c)[0] in "LM" for c in typed)
    ]


def spoken_literals(source: str) -> list[str]:
    """Texts given word for word to a call that speaks to the patient."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name not in SPOKEN:
            continue
        for value in [*node.args, *(k.value for k in node.keywords if k.arg in (None, "text"))]:
            texts = [n for n in ast.walk(value) if isinstance(n, ast.Constant)]
            found += [str(n.value) for n in texts if isinstance(n.value, str) and " " in n.value]
    return found


def test_the_checks_find_what_they_look_for() -> None:
    assert foreign_letters("'é'\nx = 'é'  # ü\ny = 'a – b'\nz = '\\\\u09bc'") == ["'é'"]
    assert spoken_literals("d.utter_message(text='Hello there')") == ["Hello there"]
    assert spoken_literals("d.utter_message(text=phrase(kb, 'en', 'greet'))") == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_patient_text_in_python(path: Path) -> None:
    source = path.read_text()
    assert foreign_letters(source) == []
    assert spoken_literals(source) == []
