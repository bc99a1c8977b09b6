"""A treatment named without a question: it answers ours, changes the subject, or corrects us.

Step 7 of the message path.
"""

from __future__ import annotations

from dataclasses import replace

from actions.answers import CHECK, answer, is_question, overview
from actions.comparison import INTENT as COMPARE
from actions.comparison import compare
from actions.misunderstanding import not_understood
from actions.outcome import Outcome
from actions.turn import FALLBACK_INTENT, Turn
from knowledge.model import KnowledgeBase


def named(turn: Turn, kb: KnowledgeBase) -> Outcome:
    """Answer the waiting question or the last one about the treatment named, else introduce it."""
    turn = replace(turn, treatments=_meant(turn))
    if turn.conditions and not turn.bare:
        return answer(turn.asking(CHECK), kb)
    if not turn.treatments:
        return not_understood(turn, kb)
    if turn.pending:
        return answer(turn.asking(*turn.pending), kb, conditions=turn.known_conditions)
    again = tuple(intent for intent in turn.topics if is_question(intent, kb))
    if again and turn.treatments != (turn.treatment,):
        return answer(turn.asking(*again), kb, conditions=turn.known_conditions)
    if len(turn.treatments) > 1:
        return compare(turn.asking(COMPARE), kb)
    return overview(turn.treatments[0], kb)


def _meant(turn: Turn) -> tuple[str, ...]:
    """ "Not glutathione, the IL injection": of two named, the one that was not spoken of yet."""
    if len(turn.treatments) == 2 and turn.treatment in turn.treatments:
        return tuple(name for name in turn.treatments if name != turn.treatment)
    return turn.treatments


def reading(turn: Turn, kb: KnowledgeBase) -> Outcome | None:
    """What a message below the threshold, or off the subject, means by its names alone, if clear.

    Only where that cannot mislead: a name that we asked for, a condition after another one.
    """
    likeliest = next((intent for intent, _ in turn.ranking if intent != FALLBACK_INTENT), None)
    if turn.treatments and (turn.pending or likeliest == "inform"):
        return named(turn, kb)
    if turn.conditions and turn.meant and (likeliest == CHECK or CHECK in turn.topics):
        return answer(turn.asking(CHECK), kb)
    return None
