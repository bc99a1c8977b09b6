"""What a browser may post to the chat, turned from untyped JSON into types at once.

Stands at step 1 of the message path: nothing behind it sees a body that was not checked here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.channels.web_errors import ChatError

LARGEST_BODY = 32 * 1024  # bytes; the longest text in four-byte characters, escaped, fits
LONGEST_PAYLOAD = 500  # characters
LONGEST_REASON = 500  # characters
LONGEST_ID = 64
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Incoming:
    """A patient's message: words, or a button's payload."""

    id: str  # the browser's UUID, lower case
    text: str
    is_payload: bool
    language: str | None  # chosen in the page's menu


@dataclass(frozen=True)
class Verdict:
    """A thumb up or down on one answer."""

    message_id: str
    value: str
    reason: str | None


def read_body(body: bytes) -> dict[str, Any]:
    """The JSON object in a request's body; an empty body is an empty object.

    Raises:
        ChatError: 413 or 400, saying what is wrong.
    """
    if len(body) > LARGEST_BODY:
        raise ChatError(413, "body_too_large", f"At most {LARGEST_BODY} bytes.")
    if not body.strip():
        return {}
    try:
        value = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise ChatError(400, "invalid_json", "The body is not JSON in UTF-8.") from error
    if not isinstance(value, dict):
        raise ChatError(400, "invalid_json", "The body is not a JSON object.")
    return value


def read_message(body: dict[str, Any], longest: int, languages: Iterable[str]) -> Incoming:
    """A message from its body; `longest` counts characters.

    Raises:
        ChatError: 400 or 413, saying which field is wrong.
    """
    number = body.get("id")
    if not isinstance(number, str) or not _UUID.fullmatch(number):
        raise ChatError(400, "invalid_id", "id: a UUID that names this message, please.")
    text, payload = body.get("text"), body.get("payload")
    if (text is None) == (payload is None):
        raise ChatError(400, "invalid_message", "Send either text or payload.")
    content = _clean(payload if text is None else text, "payload" if text is None else "text")
    if not content:
        raise ChatError(400, "empty_message", "The message is empty.")
    if len(content) > (LONGEST_PAYLOAD if text is None else longest):
        raise ChatError(413, "message_too_long", f"At most {longest} characters.")
    language = body.get("language")
    if language is not None and language not in tuple(languages):
        raise ChatError(400, "unknown_language", f"language: one of {', '.join(languages)}.")
    return Incoming(number.lower(), content, text is None, language)


def read_verdict(body: dict[str, Any]) -> Verdict:
    """A verdict from its body.

    Raises:
        ChatError: 400, saying which field is wrong.
    """
    message_id, value, reason = body.get("message_id"), body.get("value"), body.get("reason")
    if not isinstance(message_id, str) or not 0 < len(message_id) <= LONGEST_ID:
        raise ChatError(400, "invalid_id", "message_id: the id of one of the answers.")
    if value not in ("up", "down"):
        raise ChatError(400, "invalid_value", 'value: "up" or "down".')
    if reason is not None:
        reason = _clean(reason, "reason")[:LONGEST_REASON] or None
    return Verdict(message_id, value, reason)


def read_page_language(body: dict[str, Any], languages: Iterable[str]) -> str | None:
    """The supported language nearest to the page's, None if there is none.

    Raises:
        ChatError: 400, if it is not text.
    """
    wished = body.get("language")
    if wished is None:
        return None
    if not isinstance(wished, str):
        raise ChatError(400, "invalid_language", "language: a language tag such as fr-CA.")
    return nearest_language(wished, languages)


def nearest_language(wished: str, languages: Iterable[str]) -> str | None:
    """`fr-CA` -> `fr`, `bn-latn` -> `bn-Latn`; None where no part of the tag fits."""
    known = {code.lower(): code for code in languages}
    parts = wished.replace("_", "-").lower().split("-")
    for length in range(min(len(parts), 4), 0, -1):
        if code := known.get("-".join(parts[:length])):
            return code
    return None


def _clean(value: object, field: str) -> str:
    """Text that every database stores: no lone surrogate, no control character."""
    if not isinstance(value, str):
        raise ChatError(400, "invalid_message", f"{field}: text, please.")
    whole = value.encode("utf-8", "replace").decode()
    kept = (c for c in whole if c in "\n\t" or unicodedata.category(c) != "Cc")
    return "".join(kept).strip()
