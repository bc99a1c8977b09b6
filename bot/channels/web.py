"""The website's channel: the chat's HTTP interface, the chat window and the sample page.

Steps 1 and 9 of the message path for patients on the clinic's website; see docs/website.md.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import database, transcript
from bot.channels import web_files
from bot.channels import web_requests as requests
from bot.channels.turn import OnNewMessage, Reply, take_turn
from bot.channels.web_desk import Desk, in_thread, turn_of
from bot.channels.web_errors import ChatError, reply_json
from bot.channels.web_guard import Guard, preflight
from bot.channels.web_limits import RateLimit
from bot.channels.web_session import CHANNEL, Session, Sessions
from bot.channels.web_store import WebStore
from bot.channels.web_strings import menu_payloads
from bot.settings import Settings
from knowledge import loader
from knowledge.model import KnowledgeBase

logger = logging.getLogger(__name__)
PURGE_SECONDS = 3600
LEASE_MARGIN = 5.0  # seconds that a turn may take beyond its own time limit
ACTOR = "patient, on the website"  # in the audit log


class WebChannel(InputChannel):
    """Rasa's input channel for the website, at the root of the bot's address."""

    def __init__(self, settings: Settings | None = None, kb: KnowledgeBase | None = None) -> None:
        self.settings = settings or Settings.from_env()
        self.kb = kb or loader.load()
        self.guard = Guard(self.settings, self.kb)
        self.sessions = Sessions(self.settings)
        self.addresses = RateLimit(self.settings.web_rate_per_minute_address)
        self.store: WebStore
        self.desk: Desk
        self._purging: asyncio.Task[None]

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
        ):
            name = handler.__name__
            routes.add_route(self.guard.calls(handler), uri, methods=[method], name=name)
            if method == "POST":
                asked = self.guard.calls(preflight)
                routes.add_route(asked, uri, methods=["OPTIONS"], name=f"{name}_preflight")
        web_files.add_routes(routes, self.guard, self.kb, self.settings)

        async def start(_app: Sanic, _loop: Any) -> None:
            await self._start(on_new_message)
            self._purging = asyncio.create_task(self._purge())

        async def stop(_app: Sanic, _loop: Any) -> None:
            self._purging.cancel()

        routes.before_server_start(start)  # Sanic leaves out a listener that is no function
        routes.before_server_stop(stop)
        return routes

    async def open_session(self, request: Request) -> HTTPResponse:
        """POST /chat/session"""
        self.addresses.take(f"session {self.guard.address(request)}")
        body = requests.read_body(request.body)
        page_language = requests.read_page_language(body, self.kb.answer_languages)
        issued = self.sessions.issue(page_language)
        expires = issued.expires_at.isoformat(timespec="seconds")
        return reply_json({"token": issued.token, "expires_at": expires})

    async def receive(self, request: Request) -> HTTPResponse:
        """POST /chat/messages"""
        session, body = self._read(request)
        longest = self.settings.web_max_characters
        message = requests.read_message(body, longest, self.kb.answer_languages)
        return reply_json({"messages": [await self.desk.answer(session, message)]})

    async def missed(self, request: Request) -> HTTPResponse:
        """GET /chat/messages?after=ID"""
        session, _ = self._read(request)
        after = (request.args.get("after") or "")[: requests.LONGEST_ID]
        found = await in_thread(self.store.since, session.conversation_id, turn_of(after))
        return reply_json({"messages": found})

    async def feedback(self, request: Request) -> HTTPResponse:
        """POST /chat/feedback"""
        session, body = self._read(request)
        verdict = requests.read_verdict(body)
        turn = turn_of(verdict.message_id)
        if await in_thread(self.store.find, session.conversation_id, turn) is None:
            raise ChatError(404, "unknown_message", "message_id: not in this conversation.")
        await in_thread(
            transcript.record_feedback,
            session.conversation_id,
            turn,
            verdict.value,
            verdict.reason,
            self.settings,
        )
        return reply_json({"stored": True})

    async def forget(self, request: Request) -> HTTPResponse:
        """POST /chat/forget: erase this conversation wherever it is stored."""
        session, _ = self._read(request)
        await self.desk.leave(session)
        return reply_json({"erased": True})

    def _read(self, request: Request) -> tuple[Session, dict[str, Any]]:
        """Session and body of a call that needs a session, counted against its address."""
        session = self.sessions.read(request.headers.get("Authorization"))
        self.addresses.take(self.guard.address(request))
        return session, requests.read_body(request.body)

    async def _start(self, on_new_message: OnNewMessage) -> None:
        # Here and not earlier: a database connection must not be shared by forked workers.
        engine = database.connect(self.settings)
        await in_thread(database.upgrade, engine)
        seconds = self.settings.turn_timeout_seconds
        self.store = WebStore(engine, timedelta(seconds=seconds + LEASE_MARGIN))

        async def turn(
            conversation: str, message: requests.Incoming, metadata: Mapping[str, Any]
        ) -> Reply:
            return await take_turn(
                on_new_message,
                conversation_id=conversation,
                text=message.text,
                is_payload=message.is_payload,
                channel=CHANNEL,
                metadata=metadata,
                timeout=seconds,
            )

        def erase(conversation: str) -> None:
            from bot.privacy import NobodyFound, Privacy

            transcript.recorder(self.settings).drain(seconds)  # what is on its way to the tables
            try:
                Privacy.of(self.settings, engine).erase(conversation, ACTOR)
            except NobodyFound:
                logger.info("Nothing was kept of a conversation that is erased")

        limit = RateLimit(self.settings.web_rate_per_minute)
        self.desk = Desk(self.store, turn, erase, limit, menu_payloads(self.kb))

    async def _purge(self) -> None:
        while True:
            try:
                await in_thread(self.store.purge, timedelta(hours=self.settings.web_session_hours))
            except Exception:
                logger.exception("Old turns of the website could not be removed")
            await asyncio.sleep(PURGE_SECONDS)
