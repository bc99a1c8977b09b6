"""Fits a reply into WhatsApp's message types and limits: buttons, a list, or numbered text.

Step 9 of the message path. Limits: Meta's Cloud API message reference (2026).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import grapheme

from bot.channels.message_text import MessageWords, numbered, shorten
from bot.channels.reply import Button, Reply

TEXT = 4096
BUTTONS, BUTTON_TITLE, BUTTON_ID, BUTTONS_BODY = 3, 20, 256, 1024
ROWS, ROW_TITLE, ROW_ID, ROW_DESCRIPTION, LIST_BODY, LIST_BUTTON = 10, 24, 200, 72, 4096, 20

Body = dict[str, Any]


def body(reply: Reply, words: MessageWords, as_numbers: bool = False) -> Body:
    """The message of a reply that `message_text.parts` has cut, ready but for the recipient.

    `as_numbers` writes the choices as numbers, for a platform that refused buttons.
    """
    choices = _distinct(reply.buttons)
    if choices and not as_numbers:
        content = _buttons(reply.text, choices) or _list(reply.text, choices, words)
        if content:
            return {"type": "interactive", "interactive": content}
    return {"type": "text", "text": {"body": numbered(reply, words)}}


def _buttons(text: str, choices: Sequence[Button]) -> Body | None:
    """Reply buttons, if nothing has to be shortened."""
    titles = [choice.title for choice in choices]
    fits = (
        len(choices) <= BUTTONS
        and 0 < len(text) <= BUTTONS_BODY
        and len(set(titles)) == len(titles)
        and all(grapheme.length(title) <= BUTTON_TITLE for title in titles)
        and all(len(choice.payload) <= BUTTON_ID for choice in choices)
    )
    if not fits:
        return None
    replies = [
        {"type": "reply", "reply": {"id": choice.payload, "title": choice.title}}
        for choice in choices
    ]
    return {"type": "button", "body": {"text": text}, "action": {"buttons": replies}}


def _list(text: str, choices: Sequence[Button], words: MessageWords) -> Body | None:
    """A list, in which a long title is given in full in the row's description."""
    fits = (
        len(choices) <= ROWS
        and 0 < len(text) <= LIST_BODY
        and all(len(choice.payload) <= ROW_ID for choice in choices)
    )
    if not fits:
        return None
    sections = [{"rows": [_row(choice) for choice in choices]}]
    action = {"button": shorten(words.choose, LIST_BUTTON), "sections": sections}
    return {"type": "list", "body": {"text": text}, "action": action}


def _row(choice: Button) -> dict[str, str]:
    title = shorten(choice.title, ROW_TITLE)
    row = {"id": choice.payload, "title": title}
    if title != choice.title:
        row["description"] = shorten(choice.title, ROW_DESCRIPTION)
    return row


def _distinct(choices: Sequence[Button]) -> list[Button]:
    """The API refuses two choices with one id, and one without a title."""
    by_payload: dict[str, Button] = {}
    for choice in choices:
        if choice.title.strip() and choice.payload:
            by_payload.setdefault(choice.payload, choice)
    return list(by_payload.values())
