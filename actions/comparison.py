"""Two treatments side by side, topic by topic, from what the documents state and nothing else.

Step 7 of the message path, for "what is the difference between ...?".
"""

from __future__ import annotations

from actions import choices
from actions.outcome import Compared, Name, Outcome, Say
from actions.turn import Turn
from knowledge.model import KnowledgeBase

INTENT = "compare_treatments"
# What patients weigh when they choose; the same topics for every treatment.
TOPICS = ("conditions_treated", "session_duration", "session_count", "recovery_time")


def compare(turn: Turn, kb: KnowledgeBase) -> Outcome:
    """Compare the treatments named, or the one named with the conversation's; else ask which."""
    named = turn.treatments
    if len(named) == 1 and turn.treatment and turn.treatment not in named:
        named = (turn.treatment, *named)
    if len(named) < 2:
        return _ask_which(kb, turn.meant)
    asked = tuple(choices.topic_of(intent) for intent in turn.asked)
    topics = tuple(topic for topic in asked if topic in kb.topics) or TOPICS
    stated = tuple(
        topic for topic in topics if any(kb.treatments[t].topics[topic].stated for t in named)
    )
    return Outcome(
        "comparison",
        (
            Say("answer.compare.intro"),
            *(Compared(topic, named) for topic in stated or topics),
            Say("answer.compare.clinician"),
        ),
        choices=(*(choice for choice in choices.treatments(kb) if choice.treatment in named),),
        treatments=named,
        topics=(INTENT,),
        keep={"treatment": None, "topics": [], "pending_topics": None},
    )


def _ask_which(kb: KnowledgeBase, known: tuple[str, ...]) -> Outcome:
    text = Say("answer.which_to_compare")
    if known:
        text = Say("answer.which_to_compare_with", {"treatment": Name("treatment", known[0])})
    return Outcome(
        "ask_treatment",
        (text,),
        choices=choices.treatments(kb, without=known),
        treatments=known[:1],
        topics=(INTENT,),
        keep={"treatment": known[0] if known else None, "pending_topics": [INTENT]},
    )
