"""The website's channel: the chat's HTTP interface, the chat window and the sample page.

Steps 1 and 9 of the message path for patients on the clinic's website; see docs/website.md.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import database
from bot.channels import web_assets as assets
from bot.channels import web_headers as headers
from bot.channels import web_requests as requests
from bot.channels import web_strings as strings
from bot.channels.turn import OnNewMessage, Reply, take_turn
from bot.channels.web_desk import Desk, in_thread, turn_of
from bot.channels.web_errors import ChatError, reply_error, reply_json
from bot.channels.web_limits import RateLimit, client_address, trusted_proxies
from bot.channels.web_session import CHANNEL, Session, Sessions
from bot.channels.web_store import WebStore
from bot.settings import Settings
from knowledge import loader
from knowledge.model import KnowledgeBase

logger = logging.getLogger(__name__)
PURGE_SECONDS = 3600
LEASE_MARGIN = 5.0  # seconds that a turn may take beyond its own time limit

Handler = Callable[..., Awaitable[HTTPResponse]]


class WebChannel(InputChannel):
    """Rasa's input channel for the website, at the root of the bot's address."""

    def __init__(self, settings: Settings | None = None, kb: KnowledgeBase | None = None) -> None:
        self.settings = settings or Settings.from_env()
        self.kb = kb or loader.load()
        self.languages = self.kb.answer_languages
        self.sessions = Sessions(self.settings)
        self.addresses = RateLimit(self.settings.web_rate_per_minute_address)
        self.proxies = trusted_proxies(self.settings)
        self.store: WebStore
        self.desk: Desk

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    def url_prefix(self) -> str:
        # Joined to /webhooks/ by Rasa: an absolute path stays as it is.
        return "/"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """All routes of the website, served by the server that Rasa's agent lives in."""
        routes = Blueprint("website")
        for method, uri, handler in (
            ("POST", "/chat/session", self.open_session),
            ("POST", "/chat/messages", self.receive),
            ("GET", "/chat/messages", self.missed),
            ("POST", "/chat/feedback", self.feedback),
            ("POST", "/chat/forget", self.forget),
            ("GET", "/chat/strings/<language:str>", self.interface),
        ):
            name = handler.__name__
            routes.add_route(self._guarded(handler), uri, methods=[method], name=name)
        for uri in ("session", "messages", "feedback", "forget", "strings/<language:str>"):
            name = f"preflight_{uri[:8]}"
            routes.add_route(
                self._guarded(preflight), f"/chat/{uri}", methods=["OPTIONS"], name=name
            )
        self._add_files(routes)

        async def start(app: Sanic, _loop: Any) -> None:
            await self._start(on_new_message, app)

        routes.before_server_start(start)  # Sanic leaves out a listener that is no function
        return routes

    async def open_session(self, request: Request) -> HTTPResponse:
        """POST /chat/session"""
        self.addresses.take(f"session {self._address(request)}")
        body = requests.read_body(request.body)
        issued = self.sessions.issue(requests.read_page_language(body, self.languages))
        expires = issued.expires_at.isoformat(timespec="seconds")
        return reply_json({"token": issued.token, "expires_at": expires})

    async def receive(self, request: Request) -> HTTPResponse:
        """POST /chat/messages"""
        session = self._session(request)
        self.addresses.take(self._address(request))
        body = requests.read_body(request.body)
        longest = self.settings.web_max_characters
        message = requests.read_message(body, longest, self.languages)
        return reply_json({"messages": [await self.desk.answer(session, message)]})

    async def missed(self, request: Request) -> HTTPResponse:
        """GET /chat/messages?after=ID"""
        session = self._session(request)
        self.addresses.take(f"missed {self._address(request)}")
        after = request.args.get("after")
        turn = turn_of(after[: requests.LONGEST_ID]) if after else None
        found = await in_thread(self.store.since, session.conversation_id, turn)
        return reply_json({"messages": found})

    async def feedback(self, request: Request) -> HTTPResponse:
        """POST /chat/feedback"""
        from bot.transcript import record_feedback

        session = self._session(request)
        self.addresses.take(self._address(request))
        verdict = requests.read_verdict(requests.read_body(request.body))
        turn = turn_of(verdict.message_id)
        if await in_thread(self.store.find, session.conversation_id, turn) is None:
            raise ChatError(404, "unknown_message", "message_id: not in this conversation.")
        await in_thread(
            record_feedback, session.conversation_id, turn, verdict.value, verdict.reason
        )
        return reply_json({"stored": True})

    async def forget(self, request: Request) -> HTTPResponse:
        """POST /chat/forget: erase this conversation wherever it is stored."""
        from bot import privacy

        session = self._session(request)
        self.addresses.take(self._address(request))
        await in_thread(self.store.end, session.conversation_id)
        await in_thread(privacy.erase, session.conversation_id)
        return reply_json({"erased": True})

    async def interface(self, request: Request, language: str) -> HTTPResponse:
        """GET /chat/strings/LANGUAGE: the nearest language that there is."""
        code = requests.nearest_language(language, self.languages) or strings.DEFAULT
        texts = strings.interface(self.kb, code, self.settings.web_max_characters)
        return send(request, assets.as_json(texts))

    def _add_files(self, routes: Blueprint) -> None:
        pages = {code: assets.page(self.kb, code) for code in self.languages}
        files = {
            "/chat/widget.js": assets.widget(),
            "/chat/page.css": assets.stylesheet(),
            "/chat/icon.svg": assets.page_icon(),
        }

        async def page(request: Request) -> HTTPResponse:
            code = self._language(request, request.args.get("lang"))
            answer = send(request, pages[code])
            answer.headers["Content-Security-Policy"] = headers.CONTENT_SECURITY_POLICY
            answer.headers["Vary"] = "Accept-Encoding, Accept-Language"
            return answer

        async def file(request: Request) -> HTTPResponse:
            return send(request, files[request.path])

        methods = ["GET", "HEAD"]
        routes.add_route(self._guarded(page), "/", methods=methods, name="page")
        for uri in files:
            name = uri.rpartition("/")[2].replace(".", "_")
            routes.add_route(self._guarded(file, public=True), uri, methods=methods, name=name)

    def _guarded(self, handler: Handler, public: bool = False) -> Handler:
        """The handler with its headers; whatever it raises becomes a JSON answer."""

        async def endpoint(request: Request, **parts: str) -> HTTPResponse:
            origin = request.headers.get("Origin")
            embedded = False
            try:
                if not public:
                    embedded = headers.check_origin(
                        origin,
                        request.host,
                        self.settings.public_url,
                        self.settings.web_allowed_origins,
                    )
                answer = await handler(request, **parts)
            except ChatError as error:
                wording = self.kb.phrases[self._language(request)].get(f"web.error.{error.code}")
                answer = reply_error(error, wording)
            except Exception:
                logger.exception("A request of the website failed: %s", request.path)
                wording = self.kb.phrases[self._language(request)].get("web.error.unavailable")
                answer = reply_error(ChatError(500, "internal", "See the bot's log."), wording)
            answer.headers.update(headers.EVERYWHERE)
            if public:
                answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            else:
                answer.headers.setdefault("Vary", "Origin, Accept-Encoding")
            if embedded and origin:
                answer.headers.update(headers.cross_origin(origin))
            return answer

        return endpoint

    def _session(self, request: Request) -> Session:
        return self.sessions.read(request.headers.get("Authorization"))

    def _address(self, request: Request) -> str:
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
        return client_address(request.ip, forwarded, self.proxies)

    def _language(self, request: Request, wished: str | None = None) -> str:
        """The language for words outside a conversation: asked for, else the browser's."""
        accepted = request.headers.get("Accept-Language", "")[:200].split(",")
        for tag in (wished or "", *accepted):
            if code := requests.nearest_language(tag.partition(";")[0].strip(), self.languages):
                return code
        return strings.DEFAULT

    async def _start(self, on_new_message: OnNewMessage, app: Sanic) -> None:
        # Here and not earlier: a database connection must not be shared by forked workers.
        engine = database.connect(self.settings)
        await in_thread(database.upgrade, engine)
        seconds = self.settings.turn_timeout_seconds
        self.store = WebStore(engine, timedelta(seconds=seconds + LEASE_MARGIN))
        limit = RateLimit(self.settings.web_rate_per_minute)

        async def turn(
            conversation: str, message: requests.Incoming, metadata: Mapping[str, Any]
        ) -> Reply:
            return await take_turn(
                on_new_message,
                conversation_id=conversation,
                text=message.text,
                is_payload=message.is_payload,
                channel=CHANNEL,
                metadata=dict(metadata),
                timeout=seconds,
            )

        self.desk = Desk(self.store, turn, limit, strings.menu_payloads(self.kb))
        app.add_task(self._purge())

    async def _purge(self) -> None:
        while True:
            try:
                await in_thread(self.store.purge, timedelta(hours=self.settings.web_session_hours))
            except Exception:
                logger.exception("Old turns of the website could not be removed")
            await asyncio.sleep(PURGE_SECONDS)


async def preflight(_request: Request, **_parts: str) -> HTTPResponse:
    """OPTIONS: a browser asks whether another site's page may call."""
    return response.empty()


def send(request: Request, asset: assets.Asset) -> HTTPResponse:
    """A file, compressed where the browser takes it, or only the word that it is unchanged."""
    fresh = {"ETag": asset.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if asset.etag in request.headers.get("If-None-Match", ""):
        return response.empty(status=304, headers=fresh)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        fresh["Content-Encoding"] = "gzip"
        return response.raw(asset.zipped, headers=fresh, content_type=asset.type)
    return response.raw(asset.body, headers=fresh, content_type=asset.type)
