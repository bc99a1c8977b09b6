"""Webhook bodies as Meta sends them: the recorded shapes of tests/payloads, and made-up ones."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PAYLOADS = Path(__file__).resolve().parents[3] / "payloads"
APP_SECRET = "stand-in-app-secret"
VERIFY_TOKEN = "stand-in-verify-token"
PHONE_NUMBER_ID = "106540352242922"
_numbers = itertools.count(1)


def recorded(name: str, at: int | None = None) -> dict[str, Any]:
    """A body of tests/payloads/whatsapp; its time stamps become `at`, now unless told."""
    text = (PAYLOADS / "whatsapp" / f"{name}.json").read_text(encoding="utf-8")
    body: dict[str, Any] = json.loads(text.replace("1770000000", str(at or int(time.time()))))
    return body


def body(
    messages: Sequence[dict[str, Any]] = (),
    contacts: Sequence[dict[str, Any]] = (),
    statuses: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """One entry with one change."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "8801000000000",
            "phone_number_id": PHONE_NUMBER_ID,
        },
    }
    for name, items in (("contacts", contacts), ("messages", messages), ("statuses", statuses)):
        if items:
            value[name] = list(items)
    change = {"field": "messages", "value": value}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [change]}],
    }


def text(
    words: str,
    sender: str = "8801711000001",
    message_id: str | None = None,
    at: float | None = None,
) -> dict[str, Any]:
    """A message of a body."""
    return {
        "from": sender,
        "id": message_id or f"wamid.in{next(_numbers)}",
        "timestamp": str(int(at or time.time())),
        "type": "text",
        "text": {"body": words},
    }


def message(kind: str, content: Any, sender: str = "8801711000001", **more: Any) -> dict[str, Any]:
    """A message of another type."""
    plain = text("", sender)
    del plain["text"]
    return {**plain, "type": kind, kind: content, **more}


def of(*messages: dict[str, Any]) -> dict[str, Any]:
    """A body with these messages and their contacts."""
    senders = dict.fromkeys(message["from"] for message in messages)
    contacts = [{"profile": {"name": "Patient"}, "wa_id": sender} for sender in senders]
    return body(messages, contacts)


def status(
    message_id: str, name: str, uid: str | None = None, code: int | None = None
) -> dict[str, Any]:
    """A body that reports a status of a message of ours."""
    item: dict[str, Any] = {
        "id": message_id,
        "status": name,
        "timestamp": str(int(time.time())),
        "recipient_id": "8801711000001",
    }
    if uid:
        item["biz_opaque_callback_data"] = uid
    if code:
        item["errors"] = [{"code": code, "title": "stand-in error"}]
    return body(statuses=[item])


def raw(data: Any) -> bytes:
    """As Meta writes it: every other letter than ASCII's escaped."""
    return json.dumps(data).encode()


def signature(content: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def signed(data: Any, secret: str = APP_SECRET) -> dict[str, Any]:
    """Arguments of an httpx request with the body and its signature."""
    content = data if isinstance(data, bytes) else raw(data)
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": signature(content, secret),
    }
    return {"content": content, "headers": headers}


def proof(token: str, secret: str = APP_SECRET) -> str:
    """appsecret_proof of a token."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
