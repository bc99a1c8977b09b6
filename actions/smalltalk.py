"""Small talk, and what a yes or a no means at this point of the conversation.

Step 7 of the message path.
"""

from __future__ import annotations

from actions import choices
from actions.answers import answer
from actions.clinic import handoff
from actions.naming import named
from actions.outcome import Choice, Outcome, Say
from actions.turn import Turn
from knowledge.model import KnowledgeBase


def smalltalk(turn: Turn, kb: KnowledgeBase, intent: str | None = None) -> Outcome:
    """The phrase for a greeting, thanks and the like, with something to go on with."""
    intent = intent or turn.intent
    keep = {"disclosed": True} if intent == "bot_challenge" else {}
    return Outcome(
        "smalltalk",
        (Say(f"answer.smalltalk.{intent}"),),
        choices=_going_on(turn, kb, intent),
        keep=keep,
    )


def affirm(turn: Turn, kb: KnowledgeBase) -> Outcome:
    """Yes to our offer, or to the question which treatment; else small talk."""
    if turn.treatments:
        return named(turn, kb)
    if turn.offer:
        return handoff()
    if turn.pending:
        return answer(turn.asking(*turn.pending), kb, conditions=turn.known_conditions)
    return smalltalk(turn, kb, "affirm")


def deny(turn: Turn, kb: KnowledgeBase) -> Outcome:
    """ "No, I meant glutathione" asks the last question again; else small talk."""
    return named(turn, kb) if turn.treatments else smalltalk(turn, kb, "deny")


def _going_on(turn: Turn, kb: KnowledgeBase, intent: str) -> tuple[Choice, ...]:
    if intent == "goodbye":
        return ()
    if intent == "bot_challenge":
        return (choices.question("list_treatments"), choices.person())
    if intent in ("greet", "help") or not turn.treatment:
        return choices.treatments(kb)
    asked = (choices.topic_of(item) for item in turn.topics)
    return choices.next_questions(kb, turn.treatment, asked)
