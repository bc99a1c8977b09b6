"""What the four documents say: each number, each gap, each rule, by hand from the documents."""

from __future__ import annotations

import pytest

from knowledge.model import KnowledgeBase, Ruling
from knowledge.render import facts, measure, sentence
from knowledge.suitability import verdict

IL, GLUTA = "il_injection", "glutathione"
PUMP, CT = "intrathecal_injection", "ct_guided_infiltration"

NUMBERS = [  # treatment, topic, low, high, unit
    (IL, "session_duration", 10, 30, "minute"),
    (GLUTA, "session_duration", 15, 30, "minute"),
    (GLUTA, "session_count", 6, 10, "session"),
    (GLUTA, "session_interval", 1, 2, "week"),
    (CT, "session_duration", 15, 20, "minute"),
    (CT, "recovery_time", 24, 48, "hour"),
]
NOT_STATED = {
    IL: {"maintenance", "contraindications", "medication"},
    GLUTA: {"side_effects", "pain"},
    PUMP: {
        "preparation",
        "session_duration",
        "session_count",
        "session_interval",
        "maintenance",
        "contraindications",
        "side_effects",
        "safety",
        "aftercare",
    },
    CT: {"session_interval"},
}
RULES = {
    IL: {
        "keloid": Ruling.SUITABLE,
        "hypertrophic_scar": Ruling.SUITABLE,
        "joint_inflammation": Ruling.SUITABLE,
    },
    GLUTA: {
        "uneven_skin_tone": Ruling.SUITABLE,
        "dark_spots": Ruling.SUITABLE,
        "melasma": Ruling.SUITABLE,
        "pregnancy": Ruling.NOT_SUITABLE,
        "breastfeeding": Ruling.NOT_SUITABLE,
        "allergy": Ruling.NOT_SUITABLE,
        "liver_disease": Ruling.NEEDS_CLEARANCE,
        "kidney_disease": Ruling.NEEDS_CLEARANCE,
        "metabolic_disorder": Ruling.NEEDS_CLEARANCE,
    },
    PUMP: {
        "chronic_pain": Ruling.SUITABLE,
        "spasticity": Ruling.SUITABLE,
        "multiple_sclerosis": Ruling.SUITABLE,
        "cerebral_palsy": Ruling.SUITABLE,
        "spinal_cord_injury": Ruling.SUITABLE,
    },
    CT: {
        "sciatica": Ruling.SUITABLE,
        "osteoarthritis": Ruling.SUITABLE,
        "herniated_disc": Ruling.SUITABLE,
        "spinal_stenosis": Ruling.SUITABLE,
        "chronic_pain": Ruling.SUITABLE,
        "infection": Ruling.NOT_SUITABLE,
        "bleeding_disorder": Ruling.NOT_SUITABLE,
        "anticoagulants": Ruling.NOT_SUITABLE,
        "contrast_allergy": Ruling.NOT_SUITABLE,
        "allergy": Ruling.NOT_SUITABLE,
        "spine_condition": Ruling.NOT_SUITABLE,
    },
}
# conditions and topics of the design
CONDITIONS = set(
    """pregnancy breastfeeding allergy liver_disease kidney_disease metabolic_disorder diabetes
    infection bleeding_disorder anticoagulants contrast_allergy spine_condition herniated_disc
    spinal_stenosis sciatica osteoarthritis keloid hypertrophic_scar joint_inflammation spasticity
    multiple_sclerosis cerebral_palsy spinal_cord_injury chronic_pain uneven_skin_tone melasma
    dark_spots child elderly""".split()  # noqa: SIM905
)
TOPICS = set(
    """definition how_it_works procedure preparation session_duration session_count
    session_interval maintenance benefits conditions_treated suitability contraindications
    side_effects safety pain aftercare recovery_time results medication""".split()  # noqa: SIM905
)


def test_the_ids_that_others_rely_on(real: KnowledgeBase) -> None:
    assert set(real.treatments) == {IL, GLUTA, PUMP, CT}
    assert set(real.conditions) == CONDITIONS
    assert set(real.topics) == TOPICS


@pytest.mark.parametrize(("treatment", "topic", "low", "high", "unit"), NUMBERS)
def test_every_number_is_said_in_every_language(
    real: KnowledgeBase, treatment: str, topic: str, low: int, high: int, unit: str
) -> None:
    assert facts(real, treatment, topic)[1:] == (f"{treatment}.{topic}={low}-{high} {unit}",)
    (name,) = real.treatments[treatment].topics[topic].measures
    for language in real.answer_languages:
        digits = str.maketrans("0123456789", real.languages[language].digits)
        said = sentence(real, treatment, topic, language)
        assert measure(real, treatment, name, language) in said
        for number in (low, high):
            assert str(number).translate(digits) in said


def test_no_other_numbers(real: KnowledgeBase) -> None:
    held = {(t.id, str(m)) for t in real.treatments.values() for m in t.measures.values()}
    assert held == {(t, f"{low}-{high} {unit}") for t, _, low, high, unit in NUMBERS}


def test_what_is_not_stated(real: KnowledgeBase) -> None:
    for treatment in real.treatments.values():
        missing = {name for name, topic in treatment.topics.items() if not topic.stated}
        assert missing == NOT_STATED[treatment.id], treatment.id


def test_what_is_ruled(real: KnowledgeBase) -> None:
    for treatment in real.treatments.values():
        rules = {name: rule.ruling for name, rule in treatment.conditions.items()}
        assert rules == RULES[treatment.id], treatment.id


@pytest.mark.parametrize(
    ("treatment", "condition", "listed"),
    [
        (GLUTA, "diabetes", "metabolic_disorder"),
        (CT, "spinal_cord_injury", "spine_condition"),
    ],
)
def test_narrower_conditions_fall_under_warnings(
    real: KnowledgeBase, treatment: str, condition: str, listed: str
) -> None:
    found = verdict(real, treatment, condition)
    assert found
    assert (found.condition, found.wider) == (listed, True)


@pytest.mark.parametrize(
    ("treatment", "condition"),
    [
        (IL, "pregnancy"),
        (IL, "diabetes"),
        (IL, "osteoarthritis"),
        (GLUTA, "child"),
        (GLUTA, "contrast_allergy"),
        (PUMP, "pregnancy"),
        (PUMP, "infection"),
        (PUMP, "sciatica"),
        (CT, "pregnancy"),
        (CT, "diabetes"),
        (CT, "elderly"),
    ],
)
def test_what_the_documents_do_not_mention_has_no_rule(
    real: KnowledgeBase, treatment: str, condition: str
) -> None:
    assert verdict(real, treatment, condition) is None


def test_sources_are_the_documents_own(real: KnowledgeBase) -> None:
    assert set(real.documents) == {
        "il-injection",
        "glutathione",
        "intrathecal-injection",
        "ct-guided-infiltration",
    }
    for treatment in real.treatments.values():
        for name, topic in treatment.topics.items():
            assert topic.sections or not topic.stated, (treatment.id, name)
