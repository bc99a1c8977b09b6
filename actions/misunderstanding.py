"""What is said when a message is not understood, not ours to answer, or was answered wrongly.

Step 7 of the message path: nearest topics first, a person the second time in a row.
"""

from __future__ import annotations

from typing import Any

from actions import choices
from actions.outcome import Choice, Contact, Outcome, Part, Say, TreatmentList
from actions.turn import Turn
from knowledge.model import KnowledgeBase

_OFFER = "talk_to_human"


def not_understood(turn: Turn, kb: KnowledgeBase) -> Outcome:
    """The nearest topics as buttons; twice in a row: a person."""
    if turn.fallback_count:
        return _offer_person("answer.not_understood_again", turn, kb)
    near = choices.nearest(turn, kb)
    if not near and len(turn.treatments) == 1:
        near = choices.next_questions(kb, turn.treatments[0], ())
    if near:
        return _first(turn, (Say("answer.not_understood"),), near)
    return _first(turn, (Say("answer.not_understood_at_all"),), choices.treatments(kb))


def out_of_scope(turn: Turn, kb: KnowledgeBase) -> Outcome:
    """What can be asked instead; twice in a row: a person."""
    if turn.treatments:
        return not_understood(turn, kb)  # about one of ours it is not off the subject
    if turn.fallback_count:
        return _offer_person("answer.out_of_scope_again", turn, kb)
    parts = (Say("answer.out_of_scope"), TreatmentList())
    return _first(turn, parts, choices.treatments(kb))


def feedback_negative(turn: Turn, kb: KnowledgeBase) -> Outcome:
    """Apologise; the other readings of the conversation's subject, and a person."""
    if turn.fallback_count:
        return _offer_person("answer.feedback_negative", turn, kb)
    near: tuple[Choice, ...] = (choices.question("list_treatments"), choices.person())
    if turn.treatment:
        asked = (choices.topic_of(intent) for intent in turn.topics)
        near = choices.next_questions(kb, turn.treatment, asked, with_person=True)
    return _first(turn, (Say("answer.feedback_negative"), Say("answer.offer_person")), near, _OFFER)


def not_offered(turn: Turn, kb: KnowledgeBase, name: str) -> Outcome:
    """The documents do not cover it; ours are listed. Later questions are not about ours."""
    parts = (Say("answer.not_offered", {"name": name}), TreatmentList())
    keep = {"treatment": None, "topics": list(turn.asked), "pending_topics": None}
    return Outcome("fallback", parts, choices=choices.treatments(kb), keep=keep)


def _first(
    turn: Turn, parts: tuple[Part, ...], offered: tuple[Choice, ...], offer: str | None = None
) -> Outcome:
    keep: dict[str, Any] = {"fallback_count": turn.fallback_count + 1, "offer": offer}
    if any(choice.intent == "inform" for choice in offered):
        keep["topics"] = (
            None  # a treatment's button asks for that treatment, not for the last topic
        )
    if turn.treatments:
        keep["treatment"] = turn.treatments[0] if len(turn.treatments) == 1 else None
    return Outcome("fallback", parts, choices=offered, treatments=turn.treatments, keep=keep)


def _offer_person(key: str, turn: Turn, kb: KnowledgeBase) -> Outcome:
    return Outcome(
        "fallback",
        (Say(key), Contact(), Say("answer.offer_person")),
        choices=(choices.person(), choices.question("list_treatments")),
        keep={"fallback_count": turn.fallback_count + 1, "offer": _OFFER},
    )
