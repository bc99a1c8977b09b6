"""Binds a turn of the conversation to the agent of this server, for the inbox worker.

Between steps 1 and 2 of the message path.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Sanic

from bot.channels.answering import Recover, Turn
from bot.channels.reply import Button, Reply
from bot.channels.turn import OnNewMessage, take_turn


def turn_with(on_new_message: OnNewMessage, seconds: float) -> Turn:
    """`take_turn` for this agent; it answers within `seconds`, with an excuse if need be."""
    return partial(take_turn, on_new_message, timeout=seconds)


def recover_from(app: Sanic) -> Recover:
    """Finds the reply that the agent gave before the process was killed.

    Rasa stores a whole turn at its end. A turn that is stored is not taken again: the patient's
    message would stand twice in the conversation, and what is said once only would be lost.
    """

    async def recover(conversation_id: str, turn_id: str) -> Reply | None:
        agent = getattr(app.ctx, "agent", None)
        if agent is None or agent.tracker_store is None:
            return None
        tracker = await agent.tracker_store.retrieve(conversation_id)
        return reply_to(list(tracker.events), turn_id) if tracker else None

    return recover


def reply_to(events: list[Any], turn_id: str) -> Reply | None:
    """The reply that follows the message of a turn among a tracker's events."""
    said: list[BotUttered] = []
    found = False
    for event in events:
        if isinstance(event, UserUttered):
            found = (event.metadata or {}).get("message_id") == turn_id
            if found:
                said = []
        elif found and isinstance(event, BotUttered):
            said.append(event)
    texts = [event.text for event in said if event.text]
    if not texts:
        return None
    data = said[-1].data or {}
    buttons = tuple(
        Button(item["title"], item["payload"]) for event in said for item in _buttons(event)
    )
    return Reply("\n\n".join(texts), buttons, data.get("custom") or {})


def _buttons(event: BotUttered) -> list[dict[str, str]]:
    return (event.data or {}).get("buttons") or []
