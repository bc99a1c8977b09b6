"""The buttons that replies offer: treatments, next questions, a person, languages.

Step 7 of the message path, beside the actions.
"""

from __future__ import annotations

from collections.abc import Iterable

from actions.outcome import Choice, Name, Say
from actions.turn import FALLBACK_INTENT, Turn
from knowledge.model import KnowledgeBase

MOST = 3  # what WhatsApp shows as buttons rather than as a list
LEAST_LIKELY = 0.06  # below this, a "nearest" topic is a guess

# What patients go on to ask, in the order of a visit.
JOURNEY = (
    "definition",
    "how_it_works",
    "conditions_treated",
    "benefits",
    "check_suitability",
    "suitability",
    "contraindications",
    "preparation",
    "procedure",
    "pain",
    "session_duration",
    "session_count",
    "session_interval",
    "side_effects",
    "safety",
    "aftercare",
    "recovery_time",
    "results",
    "maintenance",
    "medication",
)
# After these a clinician has more to say than the documents.
FOR_CLINICIAN = frozenset(
    {
        "check_suitability",
        "suitability",
        "contraindications",
        "safety",
        "side_effects",
        "medication",
    }
)
OFFERABLE = ("ask_cost", "book_appointment", "ask_clinic_info", "talk_to_human", "list_treatments")


def topic_of(intent: str) -> str:
    """The topic of a question: its intent without `ask_`."""
    return intent.removeprefix("ask_")


def question(intent: str, treatment: str | None = None) -> Choice:
    """A button that asks a question."""
    return Choice(Say(f"buttons.{topic_of(intent)}"), intent, treatment=treatment)


def person() -> Choice:
    """A button that leads to a person."""
    return question("talk_to_human")


def treatments(kb: KnowledgeBase, without: Iterable[str] = ()) -> tuple[Choice, ...]:
    """One button each."""
    left_out = set(without)
    return tuple(
        Choice(Name("short_treatment", treatment), "inform", treatment=treatment)
        for treatment in kb.treatments
        if treatment not in left_out
    )


def languages(kb: KnowledgeBase) -> tuple[Choice, ...]:
    """One button for each language that is answered in its own right."""
    return tuple(
        Choice(Name("language", code), "change_language", language=code)
        for code, language in kb.languages.items()
        if language.answers == code
    )


def next_questions(
    kb: KnowledgeBase, treatment: str, asked: Iterable[str], with_person: bool = False
) -> tuple[Choice, ...]:
    """What to ask next about a treatment: stated topics that were not just asked."""
    asked = tuple(asked)
    positions = [JOURNEY.index(topic) for topic in asked if topic in JOURNEY]
    start = max(positions, default=-1) + 1
    ordered = JOURNEY[start:] + JOURNEY[:start]
    with_person = with_person or not FOR_CLINICIAN.isdisjoint(asked)
    wanted = MOST - 1 if with_person else MOST
    topics = kb.treatments[treatment].topics
    found = [
        question(f"ask_{topic}", treatment)
        for topic in ordered
        if topic not in asked and topic in topics and topics[topic].stated
    ]
    return (*found[:wanted], person()) if with_person else tuple(found[:wanted])


def nearest(turn: Turn, kb: KnowledgeBase) -> tuple[Choice, ...]:
    """The likeliest questions behind a message that was not understood."""
    documents = {f"ask_{topic}" for topic in kb.topics}
    found = []
    for intent, confidence in turn.ranking:
        if intent == FALLBACK_INTENT or intent in turn.negated or confidence < LEAST_LIKELY:
            continue
        if intent in documents or intent == "check_suitability":
            found.append(question(intent, turn.meant[0] if len(turn.meant) == 1 else None))
        elif intent in OFFERABLE:
            found.append(question(intent))
    return tuple(found[:MOST])
