"""Answers everything that a message asks in one outcome: documents, rules, the clinic's own facts.

Step 7 of the message path; the actions that answer questions share it.
"""

from __future__ import annotations

from actions import choices
from actions.clinic import CLINIC_FIELDS, clinic_parts
from actions.comparison import INTENT as COMPARE
from actions.comparison import compare
from actions.outcome import Name, Outcome, Part, Say, Stated
from actions.suitability import document, suitability
from actions.turn import Turn
from knowledge.model import KnowledgeBase

CHECK = "check_suitability"
# With a named condition these ask about that condition, not in general.
_ABOUT_A_CONDITION = frozenset({"ask_suitability", "ask_contraindications", "ask_safety"})
# After a question about one condition, these with another condition go on asking the same.
_GOING_ON = _ABOUT_A_CONDITION | {"ask_aftercare", "ask_preparation", "ask_conditions_treated"}


def is_question(intent: str, kb: KnowledgeBase) -> bool:
    """Whether `answer` can answer it."""
    known = intent in (CHECK, COMPARE) or intent in CLINIC_FIELDS
    return known or choices.topic_of(intent) in kb.topics


def answer(
    turn: Turn,
    kb: KnowledgeBase,
    *,
    treatments: tuple[str, ...] | None = None,
    conditions: tuple[str, ...] | None = None,
) -> Outcome:
    """Answer `turn.asked`, about `treatments` or those that the message is about."""
    if COMPARE in turn.asked:
        return compare(turn, kb)
    about = turn.meant if treatments is None else treatments
    conditions = _conditions(turn) if conditions is None else conditions
    asked = _asked(turn, kb, conditions)
    waiting = tuple(intent for intent in asked if intent not in CLINIC_FIELDS) if not about else ()
    parts: list[Part] = []
    for intent in asked:
        if intent in waiting or intent in CLINIC_FIELDS:
            continue
        for treatment in about:
            if intent == CHECK:
                parts.extend(suitability(kb, treatment, conditions))
            else:
                parts.append(document(kb, treatment, choices.topic_of(intent)))
    from_documents = bool(parts)
    parts.extend(clinic_parts(asked))
    if waiting:
        parts.append(Say("answer.which_treatment"))
    topics = tuple(choices.topic_of(intent) for intent in asked)
    about_documents = about if from_documents or waiting else turn.treatments
    return Outcome(
        _kind(asked, waiting, parts),
        tuple(part for i, part in enumerate(parts) if part not in parts[:i]),
        choices=_choices(kb, turn, about, topics, waiting, parts),
        treatments=about_documents,
        topics=topics,
        keep={
            "treatment": about[0] if len(about) == 1 else None,
            "topics": list(asked),
            "pending_topics": list(waiting) or None,
            "conditions": list(conditions) if CHECK in asked else None,
        },
    )


def overview(treatment: str, kb: KnowledgeBase) -> Outcome:
    """A short introduction of a treatment that is named without a question."""
    topic = "definition"
    return Outcome(
        "answer",
        (
            document(kb, treatment, topic),
            Say("answer.what_next", {"treatment": Name("treatment", treatment)}),
        ),
        choices=choices.next_questions(kb, treatment, (topic,)),
        treatments=(treatment,),
        topics=(topic,),
        keep={"treatment": treatment, "topics": [f"ask_{topic}"], "pending_topics": None},
    )


def _conditions(turn: Turn) -> tuple[str, ...]:
    """Conditions of the message; "and can I have the other one?" means those named before."""
    if turn.conditions or CHECK not in turn.topics:
        return turn.conditions
    return turn.known_conditions


def _asked(turn: Turn, kb: KnowledgeBase, conditions: tuple[str, ...]) -> tuple[str, ...]:
    goes_on = CHECK in turn.topics and CHECK not in turn.asked
    same = _GOING_ON if goes_on else _ABOUT_A_CONDITION
    asked = [
        CHECK if intent in same and turn.conditions else intent
        for intent in turn.asked
        if is_question(intent, kb)
    ]
    return tuple(dict.fromkeys(asked))


def _kind(asked: tuple[str, ...], waiting: tuple[str, ...], parts: list[Part]) -> str:
    if waiting:
        return "ask_treatment"
    if CHECK in asked:
        return "suitability"
    if all(intent in CLINIC_FIELDS for intent in asked):
        return "contact"
    return "answer" if any(isinstance(part, Stated) for part in parts) else "not_stated"


def _choices(
    kb: KnowledgeBase,
    turn: Turn,
    about: tuple[str, ...],
    topics: tuple[str, ...],
    waiting: tuple[str, ...],
    parts: list[Part],
) -> tuple[choices.Choice, ...]:
    if waiting:
        return choices.treatments(kb)
    if all(f"ask_{topic}" in CLINIC_FIELDS or topic in CLINIC_FIELDS for topic in topics):
        others = ("book_appointment", "ask_clinic_info", "talk_to_human")
        return tuple(choices.question(i) for i in others if choices.topic_of(i) not in topics)
    if len(about) > 1:
        return tuple(choice for choice in choices.treatments(kb) if choice.treatment in about)
    unanswered = not any(isinstance(part, Stated) for part in parts)
    return choices.next_questions(kb, about[0], topics, with_person=unanswered)
