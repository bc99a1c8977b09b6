"""Warnings reach narrower conditions; "suitable" does not; what is not mentioned has no rule."""

from __future__ import annotations

import pytest

from knowledge.model import KnowledgeBase, Ruling
from knowledge.suitability import verdict


def test_a_named_condition(small: KnowledgeBase) -> None:
    found = verdict(small, "mud_bath", "burn")
    assert found
    assert (found.rule.ruling, found.condition, found.wider) == (
        Ruling.NOT_SUITABLE,
        "burn",
        False,
    )


def test_a_warning_about_a_wider_condition(small: KnowledgeBase) -> None:
    found = verdict(small, "mud_bath", "sunburn")
    assert found
    assert (found.rule.ruling, found.condition, found.wider) == (Ruling.NOT_SUITABLE, "burn", True)


def test_suitable_is_not_passed_on(small: KnowledgeBase) -> None:
    assert verdict(small, "mud_bath", "cold")
    assert verdict(small, "mud_bath", "winter_cold") is None


def test_not_mentioned(small: KnowledgeBase) -> None:
    assert verdict(small, "salt_room", "burn") is None


def test_an_unknown_condition_is_an_error(small: KnowledgeBase) -> None:
    with pytest.raises(KeyError):
        verdict(small, "salt_room", "hiccups")
