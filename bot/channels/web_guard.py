"""Stands around every request of the website: who may ask, safe headers, errors as JSON.

Step 1 of the message path, before any handler.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import web_headers as headers
from bot.channels.web_errors import ChatError, reply_error
from bot.channels.web_limits import client_address, trusted_proxies
from bot.channels.web_requests import nearest_language
from bot.channels.web_strings import DEFAULT
from bot.settings import Settings
from knowledge.model import KnowledgeBase

logger = logging.getLogger(__name__)
Handler = Callable[..., Awaitable[HTTPResponse]]


class Guard:
    """Wraps the handlers of the website's routes."""

    def __init__(self, settings: Settings, kb: KnowledgeBase) -> None:
        self._settings = settings
        self._kb = kb
        self._proxies = trusted_proxies(settings)

    def calls(self, handler: Handler) -> Handler:
        """The handler for this site and for those that WEB_ALLOWED_ORIGINS names."""

        async def endpoint(request: Request, **parts: str) -> HTTPResponse:
            origin = request.headers.get("Origin")
            embedded = False
            try:
                embedded = headers.check_origin(
                    origin,
                    request.host,
                    self._settings.public_url,
                    self._settings.web_allowed_origins,
                )
                answer = await handler(request, **parts)
            except Exception as error:
                answer = self._refuse(request, error)
            answer.headers.update(headers.EVERYWHERE)
            answer.headers["Vary"] = "Origin, Accept-Encoding"
            if embedded and origin:
                answer.headers.update(headers.cross_origin(origin))
            return answer

        return endpoint

    def files(self, handler: Handler) -> Handler:
        """The handler of files that a page of any site may load."""

        async def endpoint(request: Request, **parts: str) -> HTTPResponse:
            try:
                answer = await handler(request, **parts)
            except Exception as error:
                answer = self._refuse(request, error)
            answer.headers.update(headers.EVERYWHERE)
            answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            return answer

        return endpoint

    def address(self, request: Request) -> str:
        """Where the request comes from, as the limits count it."""
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
        return client_address(request.ip, forwarded, self._proxies)

    def language(self, request: Request, wished: str | None = None) -> str:
        """The language for words outside a conversation: the wished one, else the browser's."""
        accepted = request.headers.get("Accept-Language", "")[:200].split(",")
        for tag in (wished or "", *accepted):
            tag = tag.partition(";")[0].strip()
            if code := nearest_language(tag, self._kb.answer_languages):
                return code
        return DEFAULT

    def _refuse(self, request: Request, error: Exception) -> HTTPResponse:
        if not isinstance(error, ChatError):
            logger.error("A request of the website failed: %s", request.path, exc_info=error)
            error = ChatError(500, "internal", "See the bot's log.")
        phrases = self._kb.phrases[self.language(request)]
        return reply_error(error, phrases.get(f"web.error.{error.code}"))


async def preflight(_request: Request, **_parts: str) -> HTTPResponse:
    """OPTIONS: a browser asks whether another site's page may call."""
    return response.empty()
