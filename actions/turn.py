"""What the patient said in this turn and what the conversation remembers, read from the tracker.

First thing that an action does in step 7 of the message path: untyped dicts end here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Tracker

from knowledge.model import KnowledgeBase

FALLBACK_INTENT = "nlu_fallback"


@dataclass(frozen=True)
class Turn:
    """One message, understood, with the memory of its conversation."""

    intent: str
    ranking: tuple[tuple[str, float], ...]  # intents and confidences, best first
    asked: tuple[str, ...]  # intents of the message, several if it asks several things
    negated: frozenset[str]  # intents that the patient says they do not mean
    treatments: tuple[str, ...]  # named in this message, in order
    bare: bool  # the message is nothing but the names of treatments
    conditions: tuple[str, ...]  # named in this message, in order
    red_flag: str | None  # danger now
    red_flag_mentioned: str | None  # a red-flag word in an ordinary question
    not_offered: str | None  # a treatment that is not ours, as typed
    unsupported: str | None  # code of a language that we do not answer in
    language: str  # of the reply
    language_chosen: str | None  # asked for in this message or on the channel's menu
    country: str | None
    # memory
    treatment: str | None  # the one that the conversation is about
    topics: tuple[str, ...]  # intents of the last question
    pending: tuple[str, ...]  # intents that wait for a treatment
    known_conditions: tuple[str, ...]  # of the last question about a condition
    offer: str | None  # intent that a yes would stand for
    fallback_count: int
    disclosed: bool

    @property
    def meant(self) -> tuple[str, ...]:
        """Treatments that the message is about: those it names, else the conversation's."""
        if self.treatments:
            return self.treatments
        return (self.treatment,) if self.treatment else ()

    def asking(self, *intents: str) -> Turn:
        """The same message as if it asked this."""
        return replace(self, asked=intents)


def read_turn(tracker: Tracker, kb: KnowledgeBase) -> Turn:
    """Read one turn; ids that the knowledge base does not know are dropped."""
    message: Mapping[str, Any] = tracker.latest_message
    metadata: Mapping[str, Any] = message.get("metadata") or {}
    slots: Mapping[str, Any] = tracker.slots
    detected: Mapping[str, Any] = message.get("language") or {}
    intent = (message.get("intent") or {}).get("name") or FALLBACK_INTENT
    negated = frozenset(message.get("negated") or ())
    chosen = _chosen_language(message, metadata, tracker, kb)
    variety = chosen or _variety(slots, detected, metadata, kb)
    asked = tuple(dict.fromkeys(message.get("topics") or ())) or (intent,)
    return Turn(
        intent=intent,
        ranking=tuple(
            (item["name"], float(item["confidence"]))
            for item in message.get("intent_ranking") or ()
        ),
        asked=tuple(name for name in asked if name not in negated),
        negated=negated,
        treatments=_values(message, "treatment", kb.treatments),
        bare=_bare(message),
        conditions=_values(message, "health_condition", kb.conditions),
        red_flag=message.get("red_flag"),
        red_flag_mentioned=message.get("red_flag_mentioned"),
        not_offered=message.get("not_offered"),
        unsupported=detected.get("unsupported"),
        language=_answer_language(variety, chosen or slots.get("language_requested"), kb),
        language_chosen=chosen,
        country=metadata.get("country"),
        treatment=_known(slots.get("treatment"), kb.treatments),
        topics=tuple(slots.get("topics") or ()),
        pending=tuple(slots.get("pending_topics") or ()),
        known_conditions=tuple(c for c in slots.get("conditions") or () if c in kb.conditions),
        offer=slots.get("offer"),
        fallback_count=int(slots.get("fallback_count") or 0),
        disclosed=bool(slots.get("disclosed")),
    )


def _values(message: Mapping[str, Any], entity: str, known: Iterable[str]) -> tuple[str, ...]:
    known = set(known)
    values = (
        item.get("value") for item in message.get("entities") or () if item["entity"] == entity
    )
    return tuple(dict.fromkeys(str(value) for value in values if value in known))


def _bare(message: Mapping[str, Any]) -> bool:
    text = str(message.get("text") or "")
    spans = [
        (item["start"], item["end"])
        for item in message.get("entities") or ()
        if item["entity"] == "treatment" and "start" in item
    ]
    kept = (
        letter
        for place, letter in enumerate(text)
        if not any(start <= place < end for start, end in spans)
    )
    return bool(spans) and not text.startswith("/") and not any(map(str.isalnum, kept))


def _known(value: object, known: Iterable[str]) -> str | None:
    return value if isinstance(value, str) and value in set(known) else None


def _chosen_language(
    message: Mapping[str, Any], metadata: Mapping[str, Any], tracker: Tracker, kb: KnowledgeBase
) -> str | None:
    """The language asked for in words, by a button, or newly chosen in the channel's menu."""
    is_wish = (message.get("intent") or {}).get("name") == "change_language"
    for item in message.get("entities") or ():
        requested = item.get("role") == "requested"
        from_button = is_wish and str(message.get("text") or "").startswith("/")
        if item["entity"] == "language" and (requested or from_button):
            return _known(item.get("value"), kb.languages)
    chosen = _known(metadata.get("language"), kb.languages)
    return chosen if chosen != _menu_before(tracker) else None


def _menu_before(tracker: Tracker) -> str | None:
    """The choice that the channel's menu showed with the message before: no news when equal."""
    turns = [event for event in tracker.events if event.get("event") == "user"]
    if len(turns) < 2:
        return None
    value = (turns[-2].get("metadata") or {}).get("language")
    return value if isinstance(value, str) else None


def _variety(
    slots: Mapping[str, Any],
    detected: Mapping[str, Any],
    metadata: Mapping[str, Any],
    kb: KnowledgeBase,
) -> str:
    wanted = (
        slots.get("language_requested"),
        detected.get("code"),
        slots.get("language"),
        metadata.get("page_language"),
    )
    for code in wanted:
        if isinstance(code, str) and code in kb.languages:
            return code
    country = metadata.get("country")
    for code, language in kb.languages.items():
        if country in language.countries:
            return code
    return next(iter(kb.languages))


def _answer_language(variety: str, requested: str | None, kb: KnowledgeBase) -> str:
    """Latin letters are answered in Bengali script unless the patient asked for Latin letters."""
    code = variety if requested == variety else kb.languages[variety].answers
    return code if code in kb.phrases else kb.languages[variety].answers
