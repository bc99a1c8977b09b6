"""The Twilio channel: Twilio calls /webhooks/twilio for WhatsApp messages, signature checked.

Step 1 of the message path by the second route; inbox and outbox are those of the first.
"""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from functools import partial
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from twilio.request_validator import RequestValidator

from bot.channels import arrivals
from bot.channels.arrivals import Address, Arrival, Delivery, StatusUpdate
from bot.channels.messaging import Messaging
from bot.channels.messaging_turn import recover_from, turn_with
from bot.channels.turn import OnNewMessage
from bot.channels.twilio_api import CHANNEL, TEXT, TwilioTransport
from bot.channels.whatsapp import log_closed, stop_messaging
from bot.settings import Settings
from knowledge import loader
from knowledge.model import KnowledgeBase

logger = logging.getLogger(__name__)

NEEDED = ("twilio_account_sid", "twilio_auth_token", "twilio_from", "public_url")
# Twilio takes any 2xx with an empty document as "nothing to say now".
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_MEDIA = {"audio": "voice", "image": "image", "video": "video"}
_STATUSES = {"undelivered": "failed"}


class TwilioWhatsAppChannel(InputChannel):
    """Rasa's input channel for WhatsApp over Twilio; closed while its settings are absent."""

    def __init__(self, settings: Settings | None = None, kb: KnowledgeBase | None = None) -> None:
        self.settings = settings or Settings.from_env()
        self.kb = kb or loader.shared()
        self.messaging: Messaging

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The webhooks, or no route at all where the channel is closed."""
        routes = Blueprint("twilio")
        own = NEEDED[:-1]  # PUBLIC_URL alone does not mean that Twilio is wanted
        missing = [name for name in NEEDED if not getattr(self.settings, name)]
        if missing:
            log_closed("Twilio", missing if set(own) - set(missing) else list(own), own)
            return routes
        routes.add_route(partial(self.receive), "/", methods=["POST"], name="receive")
        routes.add_route(partial(self.status), "/status", methods=["POST"], name="status")
        # Sanic 21.12's shorthands, such as before_server_start(f), take plain functions alone.
        routes.listener("before_server_start")(self._prepare)
        routes.listener("after_server_start")(partial(self._start, on_new_message))
        routes.listener("before_server_stop")(stop_messaging)
        logger.info("Twilio is open at /webhooks/twilio")
        return routes

    async def receive(self, request: Request) -> HTTPResponse:
        """POST /webhooks/twilio: a message."""
        return await self._take(request, read_message)

    async def status(self, request: Request) -> HTTPResponse:
        """POST /webhooks/twilio/status: what became of a message of ours."""
        uid = request.args.get("uid", "")
        return await self._take(request, partial(read_status, uid=uid))

    async def _take(self, request: Request, read: Any) -> HTTPResponse:
        with self.messaging.doorway:
            form = read_form(request.body)
            signature = request.headers.get("x-twilio-signature", "")
            if form is None or not self._signed(request, signature):
                logger.warning("Twilio: refused a request without a valid signature")
                return response.text("", status=401)
            await self.messaging.receive(CHANNEL, read(form))
            return response.text(EMPTY, content_type="text/xml")

    def _signed(self, request: Request, signature: str) -> bool:
        """Whether Twilio signed this request: the public address and every field of the form."""
        query = f"?{request.query_string}" if request.query_string else ""
        url = f"{self.settings.public_url.rstrip('/')}{request.path}{query}"
        fields = parse_qs(request.body.decode(), keep_blank_values=True)
        validator = RequestValidator(self.settings.twilio_auth_token)
        return bool(validator.validate(url, _Fields(fields), signature))

    async def _prepare(self, app: Sanic, *_: Any) -> None:
        self.messaging = Messaging.of(app, self.settings, self.kb)
        self.messaging.open(CHANNEL, TwilioTransport(self.settings, self.kb), TEXT)

    async def _start(self, on_new_message: OnNewMessage, app: Sanic, *_: Any) -> None:
        seconds = self.settings.turn_timeout_seconds
        self.messaging.start(turn_with(on_new_message, seconds), recover_from(app))


class _Fields(dict[str, list[str]]):
    """A form in which a field may stand more than once, as RequestValidator reads it."""

    def getall(self, name: str) -> list[str]:
        return self[name]


def read_form(body: bytes) -> dict[str, str] | None:
    """The form's fields; None for what is no form in UTF-8."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        return None
    return {name: value.replace("\0", "") for name, value in pairs}


def read_message(form: dict[str, str]) -> Delivery:
    """A message as Twilio posts it."""
    wa_id = form.get("WaId") or form.get("From", "").removeprefix("whatsapp:").lstrip("+")
    sid = form.get("MessageSid") or form.get("SmsMessageSid", "")
    if not sid or not (wa_id.isascii() and wa_id.isdigit()):
        return Delivery(ignored=1)
    text = form.get("ButtonText") or form.get("ListTitle") or form.get("Body", "")
    payload = form.get("ButtonPayload") or form.get("ListId") or ""
    kind = arrivals.TEXT
    if payload:
        kind = arrivals.CHOICE
    elif form.get("NumMedia", "0") not in ("", "0"):
        main = form.get("MediaContentType0", "").split("/")[0]
        kind = _MEDIA.get(main, "document")
    elif form.get("Latitude"):
        kind = "location"
    elif not text.strip():
        kind = arrivals.UNSUPPORTED
    arrival = Arrival(
        message_id=sid,
        address=Address(wa_id=wa_id),
        sent_at=datetime.now(timezone.utc),
        kind=kind,
        text=text if kind in (arrivals.TEXT, arrivals.CHOICE) else "",
        payload=payload,
    )
    return Delivery(arrivals=(arrival,))


def read_status(form: dict[str, str], uid: str) -> Delivery:
    """A status callback; those before "sent" say nothing that matters here."""
    status = form.get("MessageStatus", "")
    status = _STATUSES.get(status, status)
    sid = form.get("MessageSid", "")
    if not sid or status not in ("sent", "delivered", "read", "failed"):
        return Delivery()
    code = form.get("ErrorCode", "")
    update = StatusUpdate(
        message_id=sid,
        status=status,
        at=datetime.now(timezone.utc),
        uid=uid,
        error_code=int(code) if code.isascii() and code.isdigit() else None,
    )
    return Delivery(statuses=(update,))
