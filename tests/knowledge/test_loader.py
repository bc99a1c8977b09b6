"""The small folder is read as written; what is wrong in a file is said with file, line and key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.loader import load
from knowledge.model import KnowledgeBase, Measure, Ruling, Source
from knowledge.problems import KnowledgeError

Break = Callable[[str, str, str], Path]
FACTS = "treatments/mud_bath/facts.yml"


def test_languages_in_the_order_of_the_file(small: KnowledgeBase) -> None:
    assert list(small.languages) == ["en", "bn", "bn-Latn"]
    assert small.answer_languages == ("en", "bn")
    assert small.languages["bn-Latn"].answers == "bn"
    assert small.languages["bn"].countries == ("BD",)


def test_treatments(small: KnowledgeBase) -> None:
    mud = small.treatments["mud_bath"]
    assert mud.measures == {"bath": Measure(15, 30, "minute"), "rest": Measure(2, 2, "week")}
    assert mud.topics["definition"].stated
    assert not mud.topics["side_effects"].stated
    assert mud.words["en"].aliases == ("bath of mud", "Mud bath", "mud")
    assert mud.words["bn-Latn"].topics == {}
    assert mud.conditions["burn"].ruling is Ruling.NOT_SUITABLE
    assert small.documents["mud"].title == {"en": "About mud", "bn": "কাদা নিয়ে"}


def test_sources_are_named_in_the_readers_language_where_the_document_has_it(
    small: KnowledgeBase,
) -> None:
    topic = small.treatments["mud_bath"].topics["definition"]
    assert topic.sources_in("bn") == (Source("mud", "এটা কী?", "bn"), Source("mud", "Care", "en"))
    assert topic.sources == (Source("mud", "What is it?", "en"), Source("mud", "Care", "en"))


def test_clinic_values_that_are_not_filled_in_are_none(small: KnowledgeBase) -> None:
    assert small.clinic.email is None
    assert small.clinic.hours is None
    assert small.clinic.cost is None
    assert small.clinic.emergency_numbers == {"BD": "999", "NO": "113"}


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (FACTS, "15-30 minute", "30-15 minute", ":12: measures.bath: goes from 30 down to 15"),
        (FACTS, "15-30 minute", "a while", ":12: measures.bath: must look like `15-30 minute`"),
        (FACTS, "15-30 minute", "3 parsec", ":12: measures.bath: must look like"),
        (FACTS, "[what, care]", "[what, cure]", ": cure is not under `sections`"),
        (FACTS, "{sections: [what, care]}", "{sections: []}", "name the section that says so"),
        (FACTS, "{sections: [what, care]}", "{measures: [bath]}", "name the section that says so"),
        (FACTS, "[bath, rest]", "[bath, sleep]", "sleep is not under `measures`"),
        (FACTS, "stated: no", "stated: maybe", "must be yes or no"),
        (FACTS, "  definition: {sections: [what, care]}\n", "", "topics.definition: is missing"),
        (FACTS, "  definition:", "  definitoin:", "topics.definitoin: is not known here"),
        (FACTS, "{sections: [what, care]}", "unknown", "must be `not stated` or a map"),
        (FACTS, "cold: what", "burn: what", "is also suitable"),
        (FACTS, "cold: what", "cold: wat", "wat is not under `sections`"),
        (FACTS, "  suitable:", "  good:", "conditions.good: is not known here"),
        (FACTS, "      en: Care\n", "", "has no heading"),
        ("treatments/mud_bath/en.yml", "name: Mud bath\n", "", "name: is missing or empty"),
        ("treatments/mud_bath/en.yml", "topics:", "topcis:", ":5: topcis: is not known here"),
        ("treatments/mud_bath/en.yml", "mud: About", "mod: About", "no section of facts.yml"),
        ("treatments/mud_bath/xx.yml", "", "name: Boue", "languages.yml has no block xx"),
        ("languages.yml", "locale: bn", "locale: qq", "CLDR has no locale 'qq'"),
        ("languages.yml", "prior: 0.3", "prior: much", "must be a share between 0 and 1"),
        ("languages.yml", "০১২৩৪৫৬৭৮৯", "০১২", "must be ten characters"),
        ("languages.yml", "answers: bn", "answers: xx", "xx is not a language of this file"),
        ("conditions.yml", "[burn]", "[bern]", "bern is not a condition of this file"),
        ("words/en.yml", "  cold:", "  colt:", "conditions.yml has no such condition"),
        ("words/en.yml", "  bn: [bengali", "  fr: [bengali", "languages.yml has no such language"),
        ("clinic.yml", 'phone: "+880 1000-000000"', "phone:", "patients need a way to a person"),
        ("clinic.yml", "country: BD", "country: FR", "has no number for the clinic's country"),
        ("phrases/en.yml", "side_effects: Side effects", "side_effects:", "is missing or empty"),
        ("red_flags/en.yml", "[gasp of surprise]", "[<gosp>]", "<gosp> is not under `groups`"),
        ("red_flags/en.yml", "  or: or|and", "  flag: or|and", "choose another"),
        ("red_flags/en.yml", "flags:", "flegs:", "flegs: is not known here"),
        ("red_flags/en.yml", "unless:\n  - no", "alike: [aa]\nunless:\n  - no", "must look like"),
        ("topics.yml", "", "x: y", "x: is not known here"),
        ("words/en.yml", "", "languages: {}", "is there twice"),
    ],
)
def test_problems_are_named(broken: Break, file: str, old: str, new: str, said: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load(broken(file, old, new))
    assert any(said in str(problem) for problem in caught.value.problems if problem.file == file), (
        str(caught.value)
    )


def test_everything_wrong_is_said_at_once(broken: Break) -> None:
    broken("languages.yml", "prior: 0.3", "prior: much")
    with pytest.raises(KnowledgeError) as caught:
        load(broken(FACTS, "15-30 minute", "a while"))
    assert {problem.file for problem in caught.value.problems} == {"languages.yml", FACTS}
