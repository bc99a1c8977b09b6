"""Names of treatments and conditions in patients' messages."""

from __future__ import annotations

import pytest

from bot.nlu.matching import (
    CueMatcher,
    Name,
    NameMatcher,
    all_treatment_names,
    condition_names,
)
from bot.nlu.word_files import all_endings
from knowledge.model import KnowledgeBase


@pytest.fixture(scope="module")
def treatments(kb: KnowledgeBase) -> NameMatcher:
    return NameMatcher(all_treatment_names(kb), all_endings())


@pytest.fixture(scope="module")
def conditions(kb: KnowledgeBase) -> NameMatcher:
    return NameMatcher(condition_names(kb), all_endings())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("does glutathione hurt", ["glutathione"]),
        ("GLUTATHIONE?", ["glutathione"]),
        ("glutathoine drip price", ["glutathione"]),
        ("gluta thione", ["glutathione"]),
        ("is the I.L. injection painful", ["il_injection"]),
        ("ct-guided infiltration", ["ct_guided_infiltration"]),
        ("CT guided infiltraton risks", ["ct_guided_infiltration"]),
        ("intratecal injection", ["intrathecal_injection"]),
        ("glutathione or intrathecal injection", ["glutathione", "intrathecal_injection"]),
        ("la glutathione, c'est douloureux ?", ["glutathione"]),
        ("গ্লুটাথিয়নের দাম", ["glutathione"]),
        ("谷胱甘肽疼吗", ["glutathione"]),
        ("穀胱甘肽", ["glutathione"]),
        ("英特威打几针", ["intrathecal_injection"]),
        ("glutathioner dam koto", ["glutathione"]),
        ("病照内注射要住院吗", ["il_injection"]),
        ("how do they fill the pump", ["intrathecal_injection"]),
        # an abbreviation that is the French "il", too
        ("ça dure combien une injection IL", ["il_injection"]),
        ("combien coûte l'injection il ?", ["il_injection"]),
        ("IL : quel produit", ["il_injection"]),
        ("il?", ["il_injection"]),
        ("IL নিতে ভয় লাগে", ["il_injection"]),
    ],
)
def test_finds_treatments(treatments: NameMatcher, text: str, found: list[str]) -> None:
    values = [match.value for match in treatments.find(text)]
    assert list(dict.fromkeys(values)) == found


@pytest.mark.parametrize(
    "text",
    [
        "i will ill il",
        "the pill was small",
        "glutamine powder",
        "gluten free food",
        "a detailed explanation",
        "how much does it cost",
        "octopus",
        "après l'injection il faut attendre ?",
        "APRÈS L'INJECTION IL FAUT ATTENDRE",
        "mon père, il a mal",
        "koto din lagbe",
        "আমি যাব",
        "今天天气好",
    ],
)
def test_finds_no_treatment_inside_other_words(treatments: NameMatcher, text: str) -> None:
    assert treatments.find(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("how many shots does my keloid need", "il_injection"),
        ("la piqûre dans ma cicatrice", "il_injection"),
        ("কিলয়েডে স্টেরয়েড দিলে ব্যথা লাগে", "il_injection"),
        ("疤痕打针疼不疼", "il_injection"),
        ("the needle under the scanner", "ct_guided_infiltration"),
        ("forsha howar saline", "glutathione"),
        ("泵里的电池能用几年", "intrathecal_injection"),
        ("keloid", None),  # a condition, not a treatment
        ("my scar is dark: is it the drip for a fairer skin or the injection", None),  # two
        ("que faire après la piqûre", None),
        ("what is the price of the drip", None),
    ],
)
def test_finds_what_is_described(kb: KnowledgeBase, text: str, found: str | None) -> None:
    match = CueMatcher(kb, all_endings()).find(text)
    assert (match.value if match else None) == found


@pytest.mark.parametrize(
    "text", ["liste des traitements", "quels sont les traitements disponibles", "treatments?"]
)
def test_an_abbreviation_is_never_mistyped(treatments: NameMatcher, text: str) -> None:
    assert treatments.find(text) == []


@pytest.mark.parametrize(
    "text", ["botox", "do you do PRP", "epidural steroid injection cost", "my insulin pump"]
)
def test_treatments_that_are_not_ours_are_not_taken_for_ours(
    treatments: NameMatcher, text: str
) -> None:
    found = treatments.find(text)
    assert [match.value for match in found] == [""]
    assert found[0].typed.lower() in text.lower()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("i am pregnant", ["pregnancy"]),
        ("I'm pregnat, can I", ["pregnancy"]),
        ("je suis enceinte", ["pregnancy"]),
        ("আমি গর্ভবতী", ["pregnancy"]),
        ("我怀孕了", ["pregnancy"]),
        ("allergic to contrast dye", ["contrast_allergy"]),
        ("my mother takes warfarin", ["anticoagulants"]),
    ],
)
def test_finds_conditions(conditions: NameMatcher, text: str, found: list[str]) -> None:
    assert [match.value for match in conditions.find(text)] == found


def test_places_are_those_of_the_typed_text() -> None:
    matcher = NameMatcher([Name("glutathione", "গ্লুটাথিয়ন")], ["ের"])
    text = "আচ্ছা — গ্লুটাথিয়নের দাম?"
    (match,) = matcher.find(text)
    assert text[match.start : match.end] == match.typed == "গ্লুটাথিয়নের"


def test_short_names_allow_no_typo_and_no_joining() -> None:
    matcher = NameMatcher([Name("il", "IL"), Name("ms", "MS")])
    assert matcher.find("il")[0].value == "il"
    assert matcher.find("i l") == []
    assert matcher.find("ill") == []
    assert matcher.find("ma") == []


def test_the_longest_name_wins() -> None:
    matcher = NameMatcher([Name("allergy", "allergy"), Name("dye", "allergy to dye")])
    assert [match.value for match in matcher.find("an allergy to dye")] == ["dye"]
