"""Answers each message of the website once, however often and from wherever it is sent.

Stands between step 1 of the message path (the request is checked) and step 2 (the turn is taken).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.turn import Reply
from bot.channels.web_errors import ChatError
from bot.channels.web_limits import RateLimit
from bot.channels.web_requests import Incoming
from bot.channels.web_session import CHANNEL, Session
from bot.channels.web_store import WebStore

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.1  # how often we look whether another process has answered
# The reply to a message has the message's id with this at its end.
SUFFIX = ".1"

TakeTurn = Callable[[str, Incoming, Mapping[str, Any]], Awaitable[Reply]]
Erase = Callable[[str], None]
T = TypeVar("T")


class Desk:
    """Takes messages of checked sessions and hands out their replies."""

    def __init__(
        self,
        store: WebStore,
        take_turn: TakeTurn,
        erase: Erase,
        limit: RateLimit,
        menu: Collection[str],
    ) -> None:
        self._store = store
        self._take_turn = take_turn
        self._erase = erase
        self._limit = limit
        self._menu = menu  # payloads that the page's own menu sends
        self._running: dict[tuple[str, str], asyncio.Task[dict[str, Any]]] = {}

    async def answer(self, session: Session, message: Incoming) -> dict[str, Any]:
        """The reply as the browser gets it.

        Raises:
            ChatError: the session is over, too fast, or the button was never offered.
        """
        key = (session.conversation_id, message.id)
        task = self._running.get(key)
        if task is None:
            # A task of its own: the turn goes on when the browser that waits for it is gone.
            task = asyncio.create_task(self._once(session, message))
            self._running[key] = task
            task.add_done_callback(partial(self._done, key))
        return await asyncio.shield(task)

    async def leave(self, session: Session) -> None:
        """Erase a conversation; nothing can be said in it any more."""
        conversation = session.conversation_id
        await in_thread(self._store.end, conversation)
        running = [task for (said_in, _), task in self._running.items() if said_in == conversation]
        await asyncio.gather(*running, return_exceptions=True)
        await in_thread(self._erase, conversation)
        # Erased with the rest was that it has ended.
        await in_thread(self._store.end, conversation)

    async def _once(self, session: Session, message: Incoming) -> dict[str, Any]:
        conversation = session.conversation_id
        try:
            stored = await in_thread(self._store.find, conversation, message.id)
            if stored is not None:
                return stored
            await self._check(conversation, message)
            while not (claim := await in_thread(self._store.claim, conversation, message.id)).ours:
                if claim.reply is not None:
                    return claim.reply
                await asyncio.sleep(POLL_SECONDS)
        except SQLAlchemyError as error:
            logger.exception("The database fails: turns of the website are not kept")
            if message.is_payload and message.text not in self._menu:
                raise ChatError(503, "unavailable", "The button cannot be checked now.") from error
            # Words are answered all the same: rather twice, if they are sent twice, than never.
        return await self._claimed(session, message)

    async def _check(self, conversation: str, message: Incoming) -> None:
        if await in_thread(self._store.is_ended, conversation):
            raise ChatError(401, "session_expired", "The conversation was erased: open another.")
        self._limit.take(conversation)
        if not message.is_payload or message.text in self._menu:
            return
        if not await in_thread(self._store.was_offered, conversation, message.text):
            raise ChatError(400, "unknown_button", "payload: of a button of this conversation.")

    async def _claimed(self, session: Session, message: Incoming) -> dict[str, Any]:
        conversation = session.conversation_id
        metadata = {
            "channel": CHANNEL,
            "page_language": session.page_language,
            "country": None,
            "language": message.language,
            "message_id": message.id,
        }
        try:
            reply = as_json(message.id, await self._take_turn(conversation, message, metadata))
        except BaseException:
            await self._try(self._store.release, conversation, message.id)
            raise
        payloads = [button["payload"] for button in reply["buttons"]]
        await self._try(self._store.finish, conversation, message.id, reply, payloads)
        return reply

    async def _try(self, call: Callable[..., None], *arguments: Any) -> None:
        try:
            await in_thread(call, *arguments)
        except SQLAlchemyError:
            logger.exception("The database fails: a turn of the website was not kept")

    def _done(self, key: tuple[str, str], task: asyncio.Task[dict[str, Any]]) -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            task.exception()  # read, as the browser that waited may be gone


async def in_thread(call: Callable[..., T], *arguments: Any) -> T:
    """Run a call of the database beside the event loop, which all patients share."""
    return await asyncio.get_running_loop().run_in_executor(None, partial(call, *arguments))


def as_json(turn_id: str, reply: Reply) -> dict[str, Any]:
    """One message of the answer, as the interface documents it."""
    buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    return {
        "id": turn_id + SUFFIX,
        "reply_to": turn_id,
        "text": reply.text,
        "buttons": buttons,
        "answer": dict(reply.record),
    }


def turn_of(message_id: str) -> str:
    """The patient's message that the reply `message_id` answers."""
    return message_id.lower().removesuffix(SUFFIX)
