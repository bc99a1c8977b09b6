"""Numbers in the language's own digits and units; gaps are filled from the next best language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge import render
from knowledge.loader import load
from knowledge.model import KnowledgeBase, Measure

Break = Callable[[str, str, str], Path]


@pytest.mark.parametrize(
    ("language", "name", "expected"),
    [
        ("en", "bath", "15–30 minutes"),
        ("en", "rest", "2 weeks"),
        ("bn", "bath", "১৫–৩০ মিনিট"),
        ("bn", "rest", "২ সপ্তাহ"),
        ("bn-Latn", "rest", "2 weeks"),
    ],
)
def test_measures(small: KnowledgeBase, language: str, name: str, expected: str) -> None:
    assert render.measure(small, "mud_bath", name, language) == expected


def test_a_unit_in_the_phrases_wins_over_cldr(broken: Break) -> None:
    folder = broken("phrases/en.yml", "units:\n", 'units:\n  minute:\n    other: "{number} min"\n')
    kb = load(folder)
    assert render.measure(kb, "mud_bath", "bath", "en") == "15–30 min"
    assert render.format_measure(kb, Measure(1, 1, "minute"), "en") == "1 min"


def test_singular_and_plural(small: KnowledgeBase) -> None:
    assert render.format_measure(small, Measure(1, 1, "week"), "en") == "1 week"
    assert render.format_measure(small, Measure(1, 2, "week"), "en") == "1–2 weeks"


def test_sentences(small: KnowledgeBase) -> None:
    assert render.sentence(small, "mud_bath", "session_duration", "bn") == (
        "১৫–৩০ মিনিট লাগে, তারপর ২ সপ্তাহ বিশ্রাম।"
    )
    assert render.sentence(small, "mud_bath", "side_effects", "en") == (
        "Mud bath, side effects: not in our documents. The document does say to dry off."
    )
    assert render.sentence(small, "salt_room", "side_effects", "bn") == (
        "লবণ ঘর, পার্শ্বপ্রতিক্রিয়া: নথিতে নেই।"
    )


def test_a_variety_without_sentences_is_answered_in_its_answer_language(
    small: KnowledgeBase,
) -> None:
    assert render.sentence(small, "salt_room", "definition", "bn-Latn") == "লবণে ভরা একটি ঘর।"
    assert render.phrase(small, "bn-Latn", "topics.definition") == "এটা কী"
    assert render.document_title(small, "mud", "bn-Latn") == "কাদা নিয়ে"


def test_a_gap_is_filled_from_the_language_of_reference(broken: Break) -> None:
    kb = load(broken("treatments/salt_room/bn.yml", "topics:\n  definition: লবণে ভরা একটি ঘর।", ""))
    assert render.sentence(kb, "salt_room", "definition", "bn") == "A room full of salt."


def test_unknown_phrases_and_missing_values_are_errors(small: KnowledgeBase) -> None:
    with pytest.raises(KeyError, match=r"answer\.nothing"):
        render.phrase(small, "en", "answer.nothing")
    with pytest.raises(KeyError, match="topic"):
        render.phrase(small, "en", "answer.not_stated", treatment="x")


def test_names_rules_and_clinic_values(small: KnowledgeBase) -> None:
    assert render.name(small, "mud_bath", "en") == "Mud bath"
    assert render.condition_name(small, "sunburn", "bn") == "রোদে পোড়া"
    assert render.rule_text(small, "mud_bath", "burn", "en") == "burnt skin"
    assert render.localised(small, small.clinic.name, "bn-Latn") == "ছোট ক্লিনিক"
    with pytest.raises(KeyError):
        render.rule_text(small, "mud_bath", "sunburn", "en")


def test_facts_are_the_same_in_every_language(small: KnowledgeBase) -> None:
    assert render.facts(small, "mud_bath", "session_duration") == (
        "mud_bath.session_duration",
        "mud_bath.session_duration=15-30 minute",
        "mud_bath.session_duration=2 week",
    )


@pytest.mark.parametrize("text", ["{", "}", "{0}", "{a.b}", "{a!r}", "{a:>3}", "{a b}", "{}"])
def test_placeholders_are_plain_names(text: str) -> None:
    with pytest.raises(ValueError):
        render.placeholders(text)
    assert render.placeholders("{{a}} {b}") == {"b"}
