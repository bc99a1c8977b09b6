"""What comes before and beside an action's decision: danger, languages and treatments not ours.

Step 7 of the message path, around the action.
"""

from __future__ import annotations

from dataclasses import replace

from actions.answers import answer, is_question
from actions.emergency import emergency, mentioned
from actions.languages import unsupported
from actions.misunderstanding import not_offered, not_understood
from actions.naming import named
from actions.outcome import Outcome, Part, Say
from actions.turn import FALLBACK_INTENT, Turn
from knowledge.model import KnowledgeBase

# A question beside one of these is what the patient waits for.
_SMALL_TALK = frozenset(
    {"greet", "goodbye", "thank", "affirm", "deny", "help", "bot_challenge", "inform"}
    | {"feedback_negative", "out_of_scope", "list_treatments", "change_language", FALLBACK_INTENT}
)
# Answered alike whichever treatment is named, ours or not.
_NOT_ABOUT_TREATMENTS = frozenset(
    {"greet", "goodbye", "thank", "help", "bot_challenge", "change_language", "feedback_negative"}
    | {"talk_to_human", "report_emergency", "ask_medical_advice", "ask_clinic_info"}
)

ADVICE = "ask_medical_advice"


def before(turn: Turn, kb: KnowledgeBase) -> Outcome | None:
    """The outcome that takes precedence over the action's, if there is one."""
    if turn.red_flag or turn.intent == "report_emergency":
        return emergency(kb, turn.red_flag, turn.country)
    if turn.unsupported and not turn.language_chosen:
        return unsupported(kb, turn.unsupported)
    if turn.not_offered and not turn.treatments and turn.intent not in _NOT_ABOUT_TREATMENTS:
        return not_offered(turn, kb, turn.not_offered)
    if turn.bare and turn.treatments:
        return named(turn, kb)
    questions = tuple(intent for intent in turn.asked if is_question(intent, kb))
    if turn.intent in _SMALL_TALK and questions:
        return answer(turn.asking(*questions), kb)
    if not turn.asked:
        return not_understood(turn, kb)
    return None


def beside(outcome: Outcome, turn: Turn, kb: KnowledgeBase) -> Outcome:
    """The outcome with what the message calls for beside its answer."""
    if outcome.urgent:
        return outcome
    extra: list[Part] = []
    if turn.not_offered and turn.treatments:
        extra.append(Say("answer.not_offered_too", {"name": turn.not_offered}))
    if ADVICE in turn.asked and outcome.kind != "medical_advice":
        extra.append(Say("answer.medical_advice"))
    if turn.red_flag_mentioned:
        extra.append(mentioned(kb, turn.country))
    return replace(outcome, parts=(*outcome.parts, *extra))
