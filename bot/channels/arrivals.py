"""What can arrive on a messaging channel, in one shape for WhatsApp and Twilio.

Made at step 1 of the message path by the channel's parser, kept in the inbox, answered from there.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timezone
from typing import Any

# Each has its answer in answering.py.
TEXT = "text"
CHOICE = "choice"  # a button or a row of a list
REACTION = "reaction"
EDITED = "edited"
DELETED = "deleted"
NUMBER_CHANGED = "number_changed"
WELCOME = "welcome"  # the person opened the chat and wrote nothing yet
SILENT = "silent"  # needs no answer
# Media and other things that are never interpreted; the phrase is `whatsapp.<kind>`.
MEDIA = ("voice", "image", "video", "document", "sticker", "location", "contact")
UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Address:
    """Whom a message is from. One of the two identifiers may be missing, never both."""

    user_id: str | None = None
    wa_id: str | None = None
    parent_user_id: str | None = None

    @property
    def recipient(self) -> dict[str, str]:
        """Where a reply goes, as the API names it: the phone number where it is known."""
        return {"to": self.wa_id} if self.wa_id else {"recipient": self.user_id or ""}

    @property
    def identifier(self) -> str:
        """What a new conversation is keyed on."""
        return self.user_id or self.wa_id or ""


@dataclass(frozen=True)
class Arrival:
    """One message, reaction or event of one person."""

    message_id: str  # the platform's; holds the phone number, so never logged
    address: Address
    sent_at: datetime
    kind: str
    text: str = ""  # what was typed, or the title of the chosen button
    payload: str = ""  # CHOICE: of the button
    about: str = ""  # message id that a reaction, an edit, a deletion or a choice refers to
    emoji: str = ""  # REACTION; empty when it was taken back
    new_address: Address | None = None  # NUMBER_CHANGED

    def to_json(self) -> dict[str, Any]:
        values = {name: value for name, value in asdict(self).items() if value}
        return {**values, "sent_at": self.sent_at.timestamp()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Arrival:
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in values.items() if name in known}
        values["address"] = Address(**values["address"])
        if values.get("new_address"):
            values["new_address"] = Address(**values["new_address"])
        values["sent_at"] = datetime.fromtimestamp(values["sent_at"], timezone.utc)
        return cls(**values)


@dataclass(frozen=True)
class StatusUpdate:
    """What became of a message of ours."""

    message_id: str
    status: str  # sent | delivered | read | failed
    at: datetime
    uid: str = ""  # ours, returned by the platform
    error_code: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.timestamp()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> StatusUpdate:
        return cls(**{**values, "at": datetime.fromtimestamp(values["at"], timezone.utc)})


@dataclass(frozen=True)
class Delivery:
    """Everything that one webhook request carries."""

    arrivals: tuple[Arrival, ...] = ()
    statuses: tuple[StatusUpdate, ...] = ()
    ignored: int = 0  # for another number, without a sender, or of no use here
