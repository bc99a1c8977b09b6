"""One turn: a patient's text or button goes in, one reply with its structured record comes out.

Steps 2 to 8 of the message path as every channel and `replay` call them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


@dataclass(frozen=True)
class Button:
    """A choice. `payload` is sent back: `/ask_pain{"treatment": "glutathione"}`."""

    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """What the patient gets: one message. `record` is the structured record of the design."""

    text: str
    buttons: tuple[Button, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)


class ReplyCollector(OutputChannel):
    """Collects what the actions utter in one turn."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "collector"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(message)
