"""One turn: a patient's text or button goes in, one reply with its structured record comes out.

Steps 2 to 8 of the message path as every channel and `replay` call them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from bot.channels.fixed_reply import fixed_reply
from bot.channels.reply import Button, Reply

__all__ = ["Button", "OnNewMessage", "Reply", "ReplyCollector", "take_turn"]

logger = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]

_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?", re.DOTALL)
# Rasa takes these intents as commands to the conversation itself.
_COMMANDS = frozenset({"restart", "back", "session_start"})
_EMPTY = "…"  # Rasa needs a text; this one decides nothing


class ReplyCollector(OutputChannel):
    """Collects what the actions utter in one turn."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "collector"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(message)

    def reply(self) -> Reply | None:
        """Everything collected as one message; None if nothing was said."""
        texts = [message["text"] for message in self.messages if message.get("text")]
        if not texts:
            return None
        buttons = tuple(
            Button(button["title"], button["payload"])
            for message in self.messages
            for button in message.get("buttons") or ()
        )
        records = [message["custom"] for message in self.messages if message.get("custom")]
        return Reply("\n\n".join(texts), buttons, records[0] if records else {})


async def take_turn(
    on_new_message: OnNewMessage,
    *,
    conversation_id: str,
    text: str,
    is_payload: bool = False,
    channel: str,
    metadata: Mapping[str, Any],
    timeout: float,
) -> Reply:
    """Give a message to the bot and return its one reply.

    `is_payload` is for what a button that we offered sends back; typed text is never a command.
    When the bot fails, or says nothing within `timeout` seconds, a fixed phrase with the clinic's
    contact stands in, or the emergency phrase if the message tells of danger.
    """
    received_at = time.time()
    said = text if is_payload and is_command(text) else typed(text)
    collector = ReplyCollector()
    message = UserMessage(
        said,
        collector,
        conversation_id,
        input_channel=channel,
        message_id=metadata.get("message_id"),
        metadata={**metadata, "received_at": received_at},
    )
    try:
        await asyncio.wait_for(on_new_message(message), timeout)
    except asyncio.TimeoutError:
        logger.error("No reply within %.1f s: %s", timeout, conversation_id)
    except Exception:
        logger.exception("The bot failed: %s", conversation_id)
    reply = collector.reply()
    if reply is not None:
        return reply
    reply = fixed_reply(said, metadata)
    _write_down(conversation_id, said, reply, channel, metadata, received_at)
    return reply


def is_command(text: str) -> bool:
    """Whether a button's payload is one that our buttons can have."""
    found = _PAYLOAD.fullmatch(text)
    if not found or found["intent"] in _COMMANDS:
        return False
    try:
        return isinstance(json.loads(found["entities"] or "{}"), dict)
    except ValueError:
        return False


def typed(text: str) -> str:
    """Typed text without what Rasa would take for a command."""
    return text.lstrip("/ \t\r\n\u3000").rstrip() or _EMPTY


def _write_down(
    conversation_id: str,
    text: str,
    reply: Reply,
    channel: str,
    metadata: Mapping[str, Any],
    received_at: float,
) -> None:
    """Put a turn that Rasa did not answer into the transcript, where its tracker cannot."""
    if channel == "replay" or not metadata.get("message_id"):
        return
    from bot.transcript import record_turn

    try:
        record_turn(
            conversation_id=conversation_id,
            turn_id=str(metadata["message_id"]),
            channel=channel,
            text=text,
            reply=reply.text,
            record=reply.record,
            received_at=received_at,
            metadata=metadata,
        )
    except Exception:
        # The patient waits for the reply, not for its record.
        logger.exception("Transcript: a turn of %s is not written down", conversation_id)
