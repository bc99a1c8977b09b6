"""The WhatsApp channel: Meta's Cloud API calls /webhooks/whatsapp, we answer through the outbox.

Step 1 of the message path: verify, write down, acknowledge. The rest happens in the background.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from functools import partial
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import whatsapp_webhook as webhook
from bot.channels.messaging import Messaging
from bot.channels.messaging_turn import recover_from, turn_with
from bot.channels.turn import OnNewMessage
from bot.channels.whatsapp_api import CHANNEL, WhatsAppTransport
from bot.channels.whatsapp_format import TEXT
from bot.settings import Settings
from knowledge import loader
from knowledge.model import KnowledgeBase

logger = logging.getLogger(__name__)

NEEDED = (
    "whatsapp_app_secret",
    "whatsapp_verify_token",
    "whatsapp_access_token",
    "whatsapp_phone_number_id",
)


class WhatsAppChannel(InputChannel):
    """Rasa's input channel for Meta's Cloud API; closed while its settings are absent."""

    def __init__(self, settings: Settings | None = None, kb: KnowledgeBase | None = None) -> None:
        self.settings = settings or Settings.from_env()
        self.kb = kb or loader.shared()
        self.messaging: Messaging

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The webhook, or no route at all where the channel is closed."""
        routes = Blueprint("whatsapp")
        missing = [name for name in NEEDED if not getattr(self.settings, name)]
        if missing:
            log_closed("WhatsApp", missing, NEEDED)
            return routes
        routes.add_route(partial(self.handshake), "/", methods=["GET"], name="handshake")
        routes.add_route(partial(self.receive), "/", methods=["POST"], name="receive")
        routes.add_route(partial(self.metrics), "/metrics", methods=["GET"], name="metrics")
        # Sanic 21.12's shorthands, such as before_server_start(f), take plain functions alone.
        routes.listener("before_server_start")(self._prepare)
        routes.listener("after_server_start")(partial(self._start, on_new_message))
        routes.listener("before_server_stop")(stop_messaging)
        logger.info("WhatsApp is open at /webhooks/whatsapp")
        return routes

    async def handshake(self, request: Request) -> HTTPResponse:
        """GET: Meta asks whether we know the token that staff entered there."""
        token = request.args.get("hub.verify_token", "")
        expected = self.settings.whatsapp_verify_token
        known = hmac.compare_digest(token.encode(), expected.encode())
        if request.args.get("hub.mode") != "subscribe" or not known:
            return response.text("", status=403)
        return response.text(request.args.get("hub.challenge", ""))

    async def receive(self, request: Request) -> HTTPResponse:
        """POST: written down before it is acknowledged, then dealt with in the background."""
        with self.messaging.doorway:
            body = request.body  # at most what bot/serve.py allows
            signature = request.headers.get("x-hub-signature-256", "")
            if not signed(self.settings.whatsapp_app_secret, body, signature):
                logger.warning("WhatsApp: refused a request without a valid signature")
                return response.text("", status=401)
            try:
                delivery = webhook.read(body, self.settings.whatsapp_phone_number_id)
            except (ValueError, RecursionError):
                # Signed, so it would come again for days: it never gets readable.
                logger.error("WhatsApp: a signed body is not JSON")
                await self.messaging.ignored(CHANNEL)
                return response.text("")
            await self.messaging.receive(CHANNEL, delivery)
            return response.text("")

    async def metrics(self, request: Request) -> HTTPResponse:
        """GET /webhooks/whatsapp/metrics: for a monitor on this machine alone."""
        through_proxy = any(name in request.headers for name in ("x-forwarded-for", "forwarded"))
        if through_proxy or request.ip not in ("127.0.0.1", "::1"):
            return response.text("", status=404)
        return response.text(await self.messaging.metrics())

    async def _prepare(self, app: Sanic, *_: Any) -> None:
        self.messaging = Messaging.of(app, self.settings, self.kb)
        self.messaging.open(CHANNEL, WhatsAppTransport(self.settings, self.kb), TEXT)

    async def _start(self, on_new_message: OnNewMessage, app: Sanic, *_: Any) -> None:
        seconds = self.settings.turn_timeout_seconds
        self.messaging.start(turn_with(on_new_message, seconds), recover_from(app))


async def stop_messaging(app: Sanic, *_: Any) -> None:
    """Before the server stops; asked for by each channel, done once."""
    await app.ctx.messaging.stop()


def signed(secret: str, body: bytes, header: str) -> bool:
    """Whether `X-Hub-Signature-256` was made with the app's secret over exactly these bytes."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"sha256={digest}".encode(), header.encode("utf-8", "replace"))


def log_closed(channel: str, missing: list[str], needed: tuple[str, ...]) -> None:
    """Say at start that a channel is closed; some settings alone are a mistake."""
    names = ", ".join(name.upper() for name in missing)
    if len(missing) == len(needed):
        logger.info("%s is closed: none of its settings is set (%s)", channel, names)
    else:
        logger.error("%s is closed: these settings are missing: %s", channel, names)
