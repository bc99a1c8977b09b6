"""Decides what each arrival is answered with: a turn of the conversation, or a fixed phrase.

Steps 1 and 9 of the message path, between the inbox and the outbox; what is typed or chosen goes
through steps 2 to 8 by `take_turn`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Protocol

from bot.channels import arrivals, chosen, notices
from bot.channels.answer import Answer
from bot.channels.inbox import Task
from bot.channels.people import Person
from bot.channels.reply import Reply
from bot.channels.standing_replies import StandingReplies
from bot.channels.store import Store
from bot.database import now
from bot.redaction import redact
from bot.transcript import record_feedback, record_turn
from knowledge.normalise import normalise

logger = logging.getLogger(__name__)

_THUMBS = {"\N{THUMBS UP SIGN}": "up", "\N{THUMBS DOWN SIGN}": "down"}
# What a turn of danger says stands alone, and reaches also those who asked us to stop.
_EMERGENCY = "emergency"

# (conversation id, turn id) -> the reply that Rasa had given before the process was killed
Recover = Callable[[str, str], Awaitable["Reply | None"]]
# (channel, reply, language) -> the messages that it takes
Parts = Callable[[str, Reply, str], tuple[Reply, ...]]


class Turn(Protocol):
    """`take_turn` with the agent and the time-out bound."""

    async def __call__(
        self,
        *,
        conversation_id: str,
        text: str,
        is_payload: bool,
        channel: str,
        metadata: dict[str, Any],
    ) -> Reply: ...


class Answerer:
    """Holds what answering needs: the conversation, the phrases, the outbox's past."""

    def __init__(
        self,
        store: Store,
        turn: Turn,
        recover: Recover,
        standing: StandingReplies,
        parts: Parts,
    ) -> None:
        self._store = store
        self._turn = turn
        self._recover = recover
        self._standing = standing
        self._parts = parts

    async def answer(self, task: Task, person: Person, attempt: int) -> Answer:
        """The answer to one arrival."""
        kind = task.arrival.kind
        if kind in (arrivals.TEXT, arrivals.CHOICE, arrivals.WELCOME):
            return await self._converse(task, person, attempt)
        if kind == arrivals.EDITED and task.arrival.text.strip():
            return await self._converse(task, person, attempt)
        if kind == arrivals.REACTION:
            return await self._reaction(task, person)
        if kind == arrivals.SILENT:
            return self._silent(person)
        reply = self._standing.instead_of(kind, person)
        return await self._record(task, person, reply)

    def late(self, tasks: list[Task], person: Person) -> Answer:
        """One apology for everything that an outage kept from us."""
        texts = [task.arrival.text for task in tasks if task.arrival.text]
        reply = self._standing.late(texts, person)
        kinds = [task.arrival.text or f"[{task.arrival.kind}]" for task in tasks]
        newest = max(task.arrival.sent_at for task in tasks)
        # A backlog arrives in several requests: what was written before the apology is covered.
        already = person.apologised_at is not None and newest <= person.apologised_at
        return Answer(
            language=self._language(reply, person),
            replies=() if already or person.opted_out else (reply,),
            state="folded",
            counted="folded",
            person={} if already else {"apologised_at": now()},
            notice=(notices.LATE, redact(" | ".join(kinds))[:2000]),
        )

    def failed(self, task: Task, person: Person) -> Answer:
        """For a message that is set aside after it failed again and again."""
        reply = self._standing.out_of_order(task.arrival.text, person)
        detail = redact(task.arrival.text or f"[{task.arrival.kind}]")[:2000]
        return Answer(
            language=self._language(reply, person),
            replies=() if person.opted_out else (reply,),
            state="failed",
            counted="failed",
            notice=(notices.NOT_ANSWERED, detail),
        )

    async def _converse(self, task: Task, person: Person, attempt: int) -> Answer:
        arrival = task.arrival
        text, payload = await self._meant(task, person)
        if not payload and not text.strip():
            reply = self._standing.instead_of(arrivals.UNSUPPORTED, person)
            return await self._record(task, person, reply)
        if not payload:
            wish = self._standing.wish(text, person)
            if wish is not None:
                change, reply = wish
                answer = await self._record(task, person, reply)
                # The confirmation of a STOP still goes out.
                return replace(answer, replies=(reply,), person={**answer.person, **change})
        reply_before = (
            await self._recover(person.conversation_id, task.key) if attempt > 1 else None
        )
        reply = reply_before or await self._turn(
            conversation_id=person.conversation_id,
            text=payload or text,
            is_payload=bool(payload),
            channel=person.channel,
            metadata={
                "channel": person.channel,
                "page_language": None,
                "country": person.country,
                "language": None,
                "message_id": task.key,
                "received_at": task.received_at.timestamp(),
                "edited": arrival.kind == arrivals.EDITED,
            },
        )
        return self._reply(person, reply)

    async def _meant(self, task: Task, person: Person) -> tuple[str, str]:
        """(text, payload): what was typed or chosen; the payload is empty for typed text."""
        arrival = task.arrival
        if arrival.kind == arrivals.WELCOME:
            return "", "/greet"
        if arrival.kind == arrivals.CHOICE:
            offered = await self._store.run(chosen.was_offered, person.id, arrival.payload)
            # Only buttons of ours carry commands; anything else counts as typed.
            return (arrival.text, arrival.payload) if offered else (arrival.text, "")
        number = normalise(arrival.text)
        if number.isascii() and number.isdigit() and len(number) <= 2:
            payload = await self._store.run(chosen.by_number, person.id, int(number))
            return arrival.text, payload or ""
        return arrival.text, ""

    async def _reaction(self, task: Task, person: Person) -> Answer:
        # The first sign; what follows it is a skin tone.
        value = _THUMBS.get(task.arrival.emoji[:1])
        turn_id = await self._store.run(chosen.turn_of_message, person.id, task.arrival.about)
        if value is None or turn_id is None:
            return self._silent(person)
        await self._store.aside(record_feedback, person.conversation_id, turn_id, value)
        return self._reply(person, self._standing.thanks_for(value, person))

    async def _record(self, task: Task, person: Person, reply: Reply) -> Answer:
        """An answer that Rasa did not give, entered in the transcript."""
        await self._store.aside(
            record_turn,
            conversation_id=person.conversation_id,
            turn_id=task.key,
            channel=person.channel,
            text=task.arrival.text or f"[{task.arrival.kind}]",
            reply=reply.text,
            record=reply.record,
            received_at=task.received_at.timestamp(),
            metadata={"country": person.country},
        )
        return self._reply(person, reply)

    def _reply(self, person: Person, reply: Reply) -> Answer:
        language = self._language(reply, person)
        emergency = reply.record.get("kind") == _EMERGENCY
        if person.opted_out and not emergency:
            return replace(self._silent(person), language=language)
        change: dict[str, Any] = {"language": language} if language != person.language else {}
        if not person.welcomed and not emergency:
            reply = self._standing.with_first_notice(reply, language)
            change["welcomed"] = True
        replies = self._parts(person.channel, reply, language)
        return Answer(language=language, replies=replies, person=change)

    def _silent(self, person: Person) -> Answer:
        return Answer(language=self._standing.language(person), counted="silent")

    def _language(self, reply: Reply, person: Person) -> str:
        return str(reply.record.get("language") or self._standing.language(person))
