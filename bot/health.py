"""`/health`: the process is up. `/ready`: model, actions and database answer.

Stands beside the message path, for whatever watches over the bot.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import httpx
import sqlalchemy as sa
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import database
from bot.channels.web_errors import reply_json
from bot.settings import Settings

logger = logging.getLogger(__name__)
FRESH_SECONDS = 1.0  # whoever asks more often gets the last answer: each one costs three calls
TIMEOUT_SECONDS = 3.0


class Readiness:
    """Asks the parts that an answer needs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = database.connect(settings)
        parts = urlsplit(settings.actions_url)
        self._actions = f"{parts.scheme}://{parts.netloc}/health"
        self._last: tuple[float, dict[str, bool]] = (-FRESH_SECONDS, {})
        self._asking = asyncio.Lock()

    async def look(self, app: Sanic) -> dict[str, bool]:
        """Part -> whether it answers."""
        async with self._asking:
            since, found = self._last
            if time.monotonic() - since < FRESH_SECONDS:
                return found
            actions, stored, transcript = await asyncio.gather(
                _holds(self._ask_actions()),
                _holds(_in_thread(self._ask_database)),
                _holds(_in_thread(self._ask_transcript)),
            )
            agent = getattr(app.ctx, "agent", None)
            found = {
                "model": bool(agent and agent.is_ready()),
                "actions": actions,
                "database": stored,
                "transcript": transcript,
            }
            self._last = (time.monotonic(), found)
            return found

    async def _ask_actions(self) -> bool:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            return (await client.get(self._actions)).status_code == 200

    def _ask_database(self) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(sa.text("SELECT 1")).scalar() == 1

    def _ask_transcript(self) -> bool:
        from bot.transcript import healthy

        return healthy(self._settings)


def add_routes(app: Sanic, settings: Settings) -> None:
    """`/health` and `/ready` on a server."""

    async def start(app: Sanic, *_: object) -> None:
        app.ctx.readiness = Readiness(settings)

    async def health(_request: Request) -> HTTPResponse:
        return reply_json({"status": "ok"})

    async def ready(request: Request) -> HTTPResponse:
        parts = await request.app.ctx.readiness.look(request.app)
        return reply_json(
            {"ready": all(parts.values()), **parts}, 200 if all(parts.values()) else 503
        )

    app.register_listener(start, "before_server_start")
    app.add_route(health, "/health", methods=["GET", "HEAD"])
    app.add_route(ready, "/ready", methods=["GET", "HEAD"])


async def _holds(question: Awaitable[bool]) -> bool:
    try:
        return await asyncio.wait_for(question, TIMEOUT_SECONDS)
    except Exception as error:
        logger.warning("Not ready: %s: %s", type(error).__name__, error)
        return False


async def _in_thread(call: Callable[[], bool]) -> bool:
    return await asyncio.get_running_loop().run_in_executor(None, call)
