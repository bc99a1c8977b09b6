"""Each check finds what it is there for, in a copy of the small folder with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.check import check
from knowledge.check.texts import graphemes

Break = Callable[[str, str, str], Path]
SMALL = Path(__file__).parents[1] / "small_knowledge"
EN, BN = "treatments/mud_bath/en.yml", "treatments/mud_bath/bn.yml"
FACTS = "treatments/mud_bath/facts.yml"
LONG = "Everything about side effects"


def test_the_small_folder_passes() -> None:
    assert check(SMALL) == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        # parity of treatments
        (BN, "  definition: গরম কাদায় স্নান।\n", "", ":5: topics.definition: is missing, but"),
        (EN, "related:", "  side_effects: None.\nrelated:", "topics.side_effects: is not expected"),
        (EN, "related:", "related:\n  definition: Mud.", "facts.yml states it: write it under"),
        (BN, "  side_effects: গা মুছে নিতে বলা আছে।\n", "", "related.side_effects: is missing"),
        (BN, "  cold: ঠান্ডা নাক\n", "", "conditions.cold: is missing"),
        (BN, "  mud: কাদা নিয়ে\n", "", "documents.mud: is missing: give the title"),
        # placeholders
        (BN, "{rest}", "কিছুক্ষণ", "topics.session_duration: lacks {rest}"),
        (BN, "গরম কাদায়", "গরম {bath} কাদায়", "has {bath}, which facts.yml does not give"),
        (EN, "It takes {bath}", "It takes {bath", "topics.session_duration:"),
        (EN, "burnt skin", "burnt {bath} skin", "conditions.burn: has {bath}"),
        # numbers
        (EN, "warm mud", "3 muds", "has a typed number (3)"),
        (BN, "গরম কাদায়", "৩ কাদায়", "has a typed number (৩)"),
        ("phrases/bn.yml", "নমস্কার", "নমস্কার ২৪", "answer.greet: has a typed number (২৪)"),
        # untranslated
        (BN, "গরম কাদায় স্নান।", "A bath in warm mud.", "is the text of en.yml: translate it"),
        ("phrases/bn.yml", "নমস্কার, কেমন আছেন?", "Hello there, how are you?", "translate it"),
        # buttons
        ("phrases/en.yml", "What is it?", LONG, "is a button of 29 characters; at most 20 fit"),
        (EN, "aliases:", f"short_name: {LONG}\naliases:", "short_name: is a button of 29"),
        # phrases
        ("phrases/bn.yml", "  greet: নমস্কার, কেমন আছেন?\n", "", "answer.greet: is missing; en.yml"),
        ("phrases/bn.yml", "  greet:", "  greet_you: হ্যালো\n  greet:", "is not in en.yml: misspelt"),
        ("phrases/bn.yml", "{topic}", "", "must have {topic}, {treatment}, has {treatment}"),
        ("phrases/bn.yml", "{topic}", "{topic", "answer.not_stated:"),
        ("phrases/bn.yml", "{low}–{high}", "{low}", "units.range: must have {high}, {low}"),
        ("phrases/en.yml", "  definition: what it is\n", "", "topics.definition: is missing for"),
        ("phrases/en.yml", "  definition: What is it?\n", "", "buttons.definition: is missing for"),
        ("phrases/bn-Latn.yml", "", "answer: {greet: nomoshkar}", "units.minute.other: is missing"),
        ("phrases/bn-Latn.yml", "", "answer: {greet: nomoshkar}", "topics.definition: is missing"),
        ("phrases/de.yml", "", "answer: {grub: Hallo}", "answer.grub: is not in en.yml"),
        # aliases
        ("treatments/salt_room/en.yml", "[salt]", "[SALT, Bath-of mud]", "also what patients call"),
        ("treatments/salt_room/en.yml", "[salt]", "['12']", "'12' has no letter"),
        ("words/en.yml", "[burnt skin]", "[Cold]", "'cold' is also what patients call burn"),
        ("words/en.yml", "[sauna]", "[sauna, Mud]", "'Mud' is what patients call mud_bath"),
        ("words/en.yml", "[banglish]", "[bangla]", "'bangla' is also what patients call bn"),
        # words
        ("words/bn.yml", "  sunburn: {name: রোদে পোড়া}\n", "", "conditions.sunburn: is missing"),
        ("words/bn.yml", "  en: [ইংরেজি]\n", "", "languages.en: is missing: what is it called?"),
        ("words/bn.yml", "not_offered: [সাউনা]\n", "", "not_offered: is missing"),
        # the clinic
        ("clinic.yml", "  bn: ছোট ক্লিনিক\n", "", "name.bn: is missing"),
        ("clinic.yml", "hours: null", "hours: {en: always}", "hours.bn: is missing"),
        ("clinic.yml", '  "NO": "113"', '  Norway: "113"', "is not an ISO 3166 country code"),
        # facts
        (FACTS, "    cold: what", "    flu: what", "conditions.suitable.flu: is not in conditions"),
        (FACTS, "  rest: 2 week", "  rest: 2 week\n  x: 3 day", "measures.x: is used by no topic"),
        (
            FACTS,
            "measures:\n",
            "  x:\n    document: mud\n    headings: {en: X}\nmeasures:\n",
            "sections.x: is used by no topic",
        ),
        (FACTS, "side_effects: {stated: no, sections: [care]}", "side_effects: not stated",
         "topics.side_effects: has a `related` text in bn.yml"),
        # languages
        ("languages.yml", "prior: 0.3", "prior: 0.5", "the priors sum to 1.20, not to 1"),
        # red flags
        ("red_flags/bn.yml", "  fever:", "  cough:", "flags.fever: is missing"),
        ("red_flags/en.yml", "[gasp of surprise]", "[(gasp]", "is not a regular expression"),
        ("red_flags/en.yml", "- no <flag>", "- (no)?", "would match every message"),
        # what the loader finds is among the problems
        (FACTS, "15-30 minute", "a while", "measures.bath: must look like"),
    ],
)  # fmt: skip
def test_found(broken: Break, file: str, old: str, new: str, said: str) -> None:
    problems = [str(problem) for problem in check(broken(file, old, new))]
    assert any(problem.startswith(file) and said in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (BN, "is missing: write what patients call this treatment in bn"),
        ("treatments/mud_bath/bn-Latn.yml", "is missing: write what patients call"),
        ("words/bn-Latn.yml", "is missing: name the health conditions in bn-Latn"),
        ("red_flags/bn.yml", "is missing: emergencies would not be found in bn"),
        ("phrases/bn.yml", "is missing: replies are worded there"),
        ("phrases/en.yml", "is missing"),
    ],
)
def test_a_missing_file_is_found(broken: Break, file: str, said: str) -> None:
    folder = broken(file, "", "")
    (folder / file).unlink()
    assert any(p.file == file and said in p.message for p in check(folder))


def test_a_greeting_for_a_language_to_come_needs_no_more(broken: Break) -> None:
    assert check(broken("phrases/de.yml", "", "answer: {greet: Hallo}")) == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [("Pain", 4), ("পার্শ্বপ্রতিক্রিয়া", 10), ("é", 1), ("e\u0301", 1), ("费用", 2), ("👩\u200d⚕️", 2)],
)
def test_graphemes(text: str, count: int) -> None:
    assert graphemes(text) == count
