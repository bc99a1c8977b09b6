"""The pattern language means what its description says."""

from __future__ import annotations

import re

import pytest

from knowledge.patterns import PatternError, expand, verify

GROUPS = {"cant": "can t|cannot", "no-air": "<cant> breathe"}


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("<cant> breathe", "i cannot breathe", True),
        ("<no-air>", "i can t breathe", True),
        ("breathe", "i breathed", False),
        ("breathe", "unbreathe", False),
        ("numb~", "numbness", True),
        ("শ্বাসকষ্ট~", "শ্বাসকষ্টে", True),
        ("শ্বাস", "শ্বাসী", False),
        ("legs .. numb", "legs numb", True),
        ("legs .. numb", "legs went all numb", True),
        ("legs .. numb", "legs one two three numb", False),
        ("legs ... numb", "legs one two , three four five numb", True),
        ("legs ... numb", "legs one . numb", False),
        ("fever & stiff neck", "stiff neck . fever", True),
        ("fever & stiff neck", "fever . stiff", False),
    ],
)
def test_spaced_scripts(pattern: str, text: str, matches: bool) -> None:
    from knowledge.normalise import normalise

    rule = expand(pattern, GROUPS, spaced=True)
    assert all(re.search(part, normalise(text)) for part in rule) is matches


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("喘不", "我喘不过气", True),
        ("腿 .. 麻", "腿突然麻了", True),
        ("腿 .. 麻", "腿昨天早上突然麻了", False),
        ("腿 ... 麻", "腿昨天早上突然麻了", True),
        ("腿 ... 麻", "腿好 . 麻", False),
        ("頭痛", "头痛", True),
    ],
)
def test_scripts_without_spaces(pattern: str, text: str, matches: bool) -> None:
    (part,) = expand(pattern, {}, spaced=False)
    assert bool(re.search(part, text)) is matches


def test_what_cannot_be_used_is_refused() -> None:
    with pytest.raises(PatternError, match="<gosp> is not under `groups`"):
        expand("<gosp>", {}, spaced=True)
    with pytest.raises(PatternError, match="in a circle"):
        expand("<a>", {"a": "<b>", "b": "<a>"}, spaced=True)
    with pytest.raises(PatternError, match="not a regular expression"):
        verify(expand("(a", {}, spaced=True))
    with pytest.raises(PatternError, match="match every message"):
        verify(expand("a|", {}, spaced=False))
    verify(expand("a & b", {}, spaced=True))
