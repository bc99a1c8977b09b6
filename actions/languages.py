"""Changing the language of the replies, and what is said in one that we do not answer in.

Step 7 of the message path.
"""

from __future__ import annotations

from actions import choices
from actions.answers import answer, is_question
from actions.outcome import InLanguage, Outcome, Say
from actions.turn import Turn
from knowledge.model import KnowledgeBase

_UNSUPPORTED = "answer.language.unsupported"


def change_language(turn: Turn, kb: KnowledgeBase) -> Outcome:
    """Confirm the language asked for and say the last answer again in it; else offer a menu."""
    if not turn.language_chosen:
        return Outcome("language", (Say("answer.language.which"),), choices=choices.languages(kb))
    confirmed = Say("answer.language.changed")
    again = tuple(intent for intent in turn.topics if is_question(intent, kb))
    if not again or not turn.treatment:
        return Outcome("language", (confirmed,), choices=choices.treatments(kb))
    repeated = answer(turn.asking(*again), kb)
    return Outcome(
        "language",
        (confirmed, *repeated.parts),
        choices=repeated.choices,
        treatments=repeated.treatments,
        topics=repeated.topics,
    )


def unsupported(kb: KnowledgeBase, code: str) -> Outcome:
    """One short reply in every language of ours, after the patient's own if it has a phrase."""
    own = [code] if _UNSUPPORTED in kb.phrases.get(code, {}) else []
    ours = [choice.language for choice in choices.languages(kb) if choice.language]
    return Outcome(
        "unsupported_language",
        tuple(InLanguage(language, _UNSUPPORTED) for language in (*own, *ours)),
        choices=choices.languages(kb),
    )
