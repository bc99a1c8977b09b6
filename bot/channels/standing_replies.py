"""Replies that are not answers of the conversation: to a voice message, a STOP, after an outage.

Step 9 of the message path, for answering.py. The words are the phrases `whatsapp.*`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.channels import arrivals
from bot.channels.people import Person
from bot.channels.reply import Button, Reply
from knowledge import help_lines
from knowledge.emergencies import EmergencyFinder
from knowledge.model import KnowledgeBase
from knowledge.normalise import normalise
from knowledge.render import phrase

_MENU = ("list_treatments", "talk_to_human")
_KNOWN = (*arrivals.MEDIA, arrivals.DELETED)


class StandingReplies:
    """The phrases of one knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._emergencies = EmergencyFinder(kb)
        self._stop = self._wishes("whatsapp.stop_words")
        self._start = self._wishes("whatsapp.start_words")

    def language(self, person: Person) -> str:
        """The language that a person reads: of our last reply, else their country's."""
        if person.language:
            return person.language
        for language in self._kb.languages.values():
            if person.country in language.countries:
                return language.answers
        return self._kb.answer_languages[0]

    def instead_of(self, kind: str, person: Person) -> Reply:
        """For what is never interpreted: asks for text, in the person's language."""
        key = kind if kind in _KNOWN else arrivals.UNSUPPORTED
        return self._reply(person, f"whatsapp.{key}", menu=True)

    def thanks_for(self, value: str, person: Person) -> Reply:
        """For a thumb up or down."""
        if value == "up":
            return self._reply(person, "whatsapp.thanks")
        return self._reply(person, "answer.feedback_negative", menu=True)

    def late(self, texts: list[str], person: Person) -> Reply:
        """One apology after an outage; what to do at once if a message told of danger."""
        return self._apology("whatsapp.late", texts, person)

    def out_of_order(self, text: str, person: Person) -> Reply:
        """For a message that could not be answered at all."""
        return self._apology("answer.service_down", [text], person)

    def _apology(self, key: str, texts: list[str], person: Person) -> Reply:
        language = self.language(person)
        flags = [flag for text in texts if (flag := self._emergencies.find(text).present)]
        lines = [phrase(self._kb, language, key), help_lines.contact(self._kb, language)]
        if flags:
            calls = help_lines.emergency(self._kb, flags[-1], person.country)
            lines = [phrase(self._kb, language, name, **values) for name, values in calls] + lines
        kind = "emergency" if flags else "fallback"
        return Reply("\n\n".join(lines), record=self._record(kind, language))

    def wish(self, text: str, person: Person) -> tuple[dict[str, Any], Reply] | None:
        """STOP, or START after a STOP: what changes for the person, and the confirmation."""
        word = normalise(text).strip(" .!")
        if word in self._stop:
            language = self.language(person)
            lines = [phrase(self._kb, language, "whatsapp.stopped")]
            lines.append(help_lines.contact(self._kb, language))
            reply = Reply("\n\n".join(lines), record=self._record("smalltalk", language))
            return {"opted_out": True}, reply
        if word in self._start and person.opted_out:
            return {"opted_out": False}, self._reply(person, "whatsapp.started", menu=True)
        return None

    def with_first_notice(self, reply: Reply, language: str) -> Reply:
        """The first reply also says what not to send and how to stop."""
        notice = phrase(self._kb, language, "whatsapp.first_notice")
        return replace(reply, text=f"{reply.text}\n\n{notice}".strip())

    def _reply(self, person: Person, key: str, menu: bool = False) -> Reply:
        language = self.language(person)
        buttons = tuple(
            Button(phrase(self._kb, language, f"buttons.{name}"), f"/{name}")
            for name in (_MENU if menu else ())
        )
        record = self._record("smalltalk", language, buttons)
        return Reply(phrase(self._kb, language, key), buttons, record)

    def _record(self, kind: str, language: str, buttons: tuple[Button, ...] = ()) -> dict[str, Any]:
        return {
            "kind": kind,
            "treatment": None,
            "topic": None,
            "language": language,
            "facts": [],
            "sources": [],
            "buttons": [{"title": b.title, "payload": b.payload} for b in buttons],
        }

    def _wishes(self, key: str) -> frozenset[str]:
        """A comma-separated phrase of words, in every language at once: people mix them."""
        texts = [own[key] for own in self._kb.phrases.values() if key in own]
        return frozenset(normalise(word).strip(" .!") for text in texts for word in text.split(","))
