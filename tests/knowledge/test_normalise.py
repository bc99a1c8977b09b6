"""Spellings that patients mix compare equal; different words do not."""

from __future__ import annotations

import pytest

from knowledge.normalise import fold, normalise, normalise_pattern, normalise_with_offsets


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Glutathione", "glutathione"),
        ("CT-guided  INFILTRATION", "ct guided infiltration"),
        ("can't", "can t"),
        ("l’infiltration", "l infiltration"),
        ("10–30 min.", "10 30 min ."),
        ("heeelp", "help"),
        ("I.V. drip", "iv drip"),
        ("a c.t. scan", "a ct scan"),
        ("the end.next", "the end . next"),
        ("wait... what?!", "wait . . . what ? ."),
        ("১৫ মিনিট", "15 মিনিট"),
        ("٣ أيام", "3 أيام"),
        ("１５分鐘", "15分钟"),
        ("鞘內注射打幾針", "鞘内注射打几针"),
        ("gluta\u200bthione", "glutathione"),
        ("ok 👍🏽!", "ok ."),
        ("Déjà", "déjà"),
        ("De\u0301ja\u0300", "déjà"),
        ("", ""),
        (" ?!", "? ."),
    ],
)
def test_normalise(typed: str, expected: str) -> None:
    assert normalise(typed) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("কী", "কি"),
        ("গ্লুটাথায়ন", "গ্লুটাথায়ন"),  # ya with a dot: one sign, or two
        ("বাড়ি", "বাড়ী"),
        ("ইনজেকশন\u200c", "ইনজেকশন"),
        ("শ্বাস", "শ\u09cd\u200dবাস"),
        ("কারণ", "কারন"),
        ("গর্ভবতী", "গর্ভবতি"),
        ("診所", "诊所"),
    ],
)
def test_spellings_of_one_word(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), [("কাল", "কালো"), ("针", "钟"), ("pain", "pin")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_fold_strips_latin_accents_only() -> None:
    assert fold(normalise("Lésion, œdème")) == "lesion , oedeme"
    bengali = normalise("কেলয়েড")
    assert fold(bengali) == bengali


def test_patterns_keep_their_signs() -> None:
    assert normalise_pattern(r"কী\S+ (?:È|B) 幾?") == r"কি\S+ (?:è|b) 几?"


def test_offsets_lead_back_to_the_text() -> None:
    text = "What about “CT-guided” গ্লুটাথায়ন?"
    normal, offsets = normalise_with_offsets(text)
    start = normal.index("ct guided")
    assert text[offsets[start] : offsets[start + len("ct guided")]].startswith("CT-guided")
    start = normal.index("গলু")
    assert text[offsets[start] : offsets[len(normal) - 2]] == "গ্লুটাথায়ন"
