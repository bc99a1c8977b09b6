"""Reads a webhook body of Meta's Cloud API: every entry, change, message and status.

Step 1 of the message path. Nothing here trusts a shape: what cannot be read is counted, and the
rest of the body is read all the same. Body shapes: Meta's webhook reference, pages of 2026.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.channels import arrivals, loose
from bot.channels.arrivals import Address, Arrival, Delivery, StatusUpdate

_KINDS = {
    "text": arrivals.TEXT,
    "audio": "voice",
    "voice": "voice",
    "image": "image",
    "video": "video",
    "document": "document",
    "sticker": "sticker",
    "location": "location",
    "contacts": "contact",
    "reaction": arrivals.REACTION,
    "request_welcome": arrivals.WELCOME,
}
_STATUSES = ("sent", "delivered", "read", "failed")
_NUMBER_CHANGED = (
    "user_changed_number",
    "customer_changed_number",
    "user_changed_user_id",
)


def read(body: bytes, ours: str) -> Delivery:
    """What a verified body carries for our number's id; what is for another number is ignored.

    Raises:
        ValueError: the body is not JSON.
    """
    found: list[Arrival] = []
    statuses: list[StatusUpdate] = []
    ignored = 0
    for value in _values(json.loads(body)):
        if loose.text(loose.mapping(value.get("metadata")).get("phone_number_id")) != ours:
            ignored += sum(len(loose.mappings(value.get(of))) for of in ("messages", "statuses"))
            continue
        contacts = loose.mappings(value.get("contacts"))
        for message in loose.mappings(value.get("messages")):
            arrival = _arrival(message, contacts)
            if arrival is None:
                ignored += 1
            else:
                found.append(arrival)
        for item in loose.mappings(value.get("statuses")):
            status = _status(item)
            if status is None:
                ignored += 1
            else:
                statuses.append(status)
    return Delivery(tuple(found), tuple(statuses), ignored)


def _values(body: Any) -> Iterator[dict[str, Any]]:
    for entry in loose.mappings(loose.mapping(body).get("entry")):
        for change in loose.mappings(entry.get("changes")):
            # Other fields are about templates, calls, or what staff wrote from their own phone.
            if change.get("field") == "messages":
                yield loose.mapping(change.get("value"))


def _arrival(message: dict[str, Any], contacts: list[dict[str, Any]]) -> Arrival | None:
    address = _address(message, contacts)
    # A group has other readers: the answer to one person does not belong there.
    if not address.identifier or message.get("group_id"):
        return None
    message_id = loose.text(message.get("id")) or _fingerprint(message)
    plain = Arrival(message_id, address, loose.time(message.get("timestamp")), arrivals.UNSUPPORTED)
    kind = loose.text(message.get("type"))
    content = loose.mapping(message.get(kind))
    if kind == "interactive":
        return _choice(plain, content, message)
    if kind == "button":  # of a template that the clinic sent
        about = loose.text(loose.mapping(message.get("context")).get("id"))
        text, payload = loose.text(content.get("text")), loose.text(content.get("payload"))
        return replace(plain, kind=arrivals.CHOICE, text=text, payload=payload, about=about)
    if kind == "edit":
        return _edited(plain, content)
    if kind == "revoke":
        about = loose.text(content.get("original_message_id"))
        return replace(plain, kind=arrivals.DELETED, about=about)
    if kind == "system":
        return _system(plain, content)
    if kind == "text":
        text = loose.text(content.get("body"))
        return replace(plain, kind=arrivals.TEXT, text=text) if text.strip() else plain
    if kind == "reaction":
        about, emoji = loose.text(content.get("message_id")), loose.text(content.get("emoji"))
        return replace(plain, kind=arrivals.REACTION, about=about, emoji=emoji)
    return replace(plain, kind=_KINDS.get(kind, arrivals.UNSUPPORTED))


def _choice(plain: Arrival, content: dict[str, Any], message: dict[str, Any]) -> Arrival:
    chosen = loose.mapping(content.get(loose.text(content.get("type"))))
    payload = loose.text(chosen.get("id"))
    if not payload:
        return plain
    about = loose.text(loose.mapping(message.get("context")).get("id"))
    text = loose.text(chosen.get("title"))
    return replace(plain, kind=arrivals.CHOICE, text=text, payload=payload, about=about)


def _edited(plain: Arrival, content: dict[str, Any]) -> Arrival:
    text = loose.text(loose.mapping(loose.mapping(content.get("message")).get("text")).get("body"))
    about = loose.text(content.get("original_message_id"))
    return replace(plain, kind=arrivals.EDITED, text=text, about=about)


def _system(plain: Arrival, content: dict[str, Any]) -> Arrival:
    if content.get("type") not in _NUMBER_CHANGED:
        return replace(plain, kind=arrivals.SILENT)
    old = replace(plain.address, wa_id=loose.text(content.get("customer")) or plain.address.wa_id)
    new = Address(
        user_id=loose.text(content.get("user_id")) or None,
        wa_id=loose.digits(content.get("wa_id")) or loose.digits(content.get("new_wa_id")) or None,
        parent_user_id=loose.text(content.get("parent_user_id")) or None,
    )
    return replace(plain, kind=arrivals.NUMBER_CHANGED, address=old, new_address=new)


def _address(message: dict[str, Any], contacts: list[dict[str, Any]]) -> Address:
    wa_id = loose.digits(message.get("from"))
    user_id = loose.text(message.get("from_user_id"))
    if not wa_id and "." in loose.text(message.get("from")):
        user_id = user_id or loose.text(message.get("from"))
    contact = _contact(contacts, wa_id, user_id)
    return Address(
        user_id=user_id or loose.text(contact.get("user_id")) or None,
        wa_id=wa_id or loose.digits(contact.get("wa_id")) or None,
        parent_user_id=loose.text(message.get("from_parent_user_id"))
        or loose.text(contact.get("parent_user_id"))
        or None,
    )


def _contact(contacts: list[dict[str, Any]], wa_id: str, user_id: str) -> dict[str, Any]:
    """The sender's contact: by either identifier; a lone one may stand for a message with none."""
    for contact in contacts:
        if user_id and contact.get("user_id") == user_id:
            return contact
        if wa_id and loose.digits(contact.get("wa_id")) == wa_id:
            return contact
    if len(contacts) == 1 and not wa_id and not user_id:
        return contacts[0]
    return {}


def _status(item: dict[str, Any]) -> StatusUpdate | None:
    status = loose.text(item.get("status"))
    message_id = loose.text(item.get("id"))
    if status not in _STATUSES or not message_id:
        return None
    codes = [error.get("code") for error in loose.mappings(item.get("errors"))]
    return StatusUpdate(
        message_id=message_id,
        status=status,
        at=loose.time(item.get("timestamp")),
        uid=loose.text(item.get("biz_opaque_callback_data")),
        error_code=next((code for code in codes if isinstance(code, int)), None),
    )


def _fingerprint(message: dict[str, Any]) -> str:
    """Stands in for a missing message id, so that a repeated delivery is still recognised."""
    return hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()
