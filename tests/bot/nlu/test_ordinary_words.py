"""Everyday words are not taken for mistyped names of treatments or conditions."""

from __future__ import annotations

import pytest

from bot.nlu.matching import NameMatcher, condition_names, foreign_names, treatment_names
from bot.nlu.word_files import all_endings, all_ordinary
from knowledge.loader import shared


@pytest.fixture(scope="module")
def matchers() -> tuple[NameMatcher, NameMatcher]:
    kb = shared()
    treatments = [*treatment_names(kb), *foreign_names(kb.not_offered)]
    conditions = condition_names(kb)
    return tuple(
        NameMatcher(names, all_endings(), all_ordinary()) for names in (treatments, conditions)
    )


@pytest.mark.parametrize(
    "text",
    [
        "is injection painful",
        "i want an injection",
        "does the scan injection hurt",
        "thanks for the message",
        "ces injections font mal ?",
        "après l'injection il faut attendre ?",
        "on m'a injecté quoi",
        "ইনজেকশনের পরে কী করব",
        "injection er por ki korbo",
        "injekshon ta koto boro",
    ],
)
def test_no_name_is_found(matchers: tuple[NameMatcher, NameMatcher], text: str) -> None:
    for matcher in matchers:
        assert matcher.find(text) == []


@pytest.mark.parametrize(
    ("text", "treatment"),
    [
        ("glutatione sesion", "glutathione"),
        ("intrathecal injction", "intrathecal_injection"),
        ("keloid injaction", "il_injection"),
        ("infiltraton sous scaner", "ct_guided_infiltration"),
    ],
)
def test_typos_are_still_found(
    matchers: tuple[NameMatcher, NameMatcher], text: str, treatment: str
) -> None:
    assert {match.value for match in matchers[0].find(text)} == {treatment}


def test_an_infection_is_still_found(matchers: tuple[NameMatcher, NameMatcher]) -> None:
    assert [m.value for m in matchers[1].find("i have an infecton")] == ["infection"]
