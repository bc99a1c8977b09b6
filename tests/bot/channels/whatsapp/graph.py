"""A stand-in for Meta's Graph API over real HTTP: limits, faults, delays, statuses.

It refuses what the real one refuses (limits of the message reference), remembers what it accepted,
and reports statuses to a webhook as Meta does: signed, and in any order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import grapheme
import httpx
from aiohttp import web

from tests.bot.channels.whatsapp import bodies

TOKEN = "stand-in-token"
PHONE_NUMBER_ID = "106540352242922"


@dataclass
class Fault:
    """What to do instead of accepting the next message."""

    status: int = 400
    code: int | None = None
    body: bytes | None = None  # instead of an error body
    accept: bool = False  # take the message all the same
    drop: bool = False  # close the connection without an answer
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


class StandInGraph:
    """`await start()`, then `url`; `accepted` holds the bodies of messages in order."""

    def __init__(self) -> None:
        self.accepted: list[dict[str, Any]] = []
        self.refused: list[tuple[int | None, dict[str, Any]]] = []
        self.receipts: list[dict[str, Any]] = []
        self.events: list[str] = []  # "receipt" | "message", in order
        self.faults: deque[Fault] = deque()
        self.webhook: str | None = None
        self.statuses: tuple[str, ...] = ()  # sent to the webhook for each accepted message
        self.only: Callable[[dict[str, Any]], bool] = lambda body: True
        self.delay = 0.0
        self.account: dict[str, Any] = {"verified_name": "Clinic", "quality_rating": "GREEN"}
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._client: httpx.AsyncClient | None = None
        self.url = ""

    async def start(self) -> None:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_post("/{version}/{phone}/messages", self._message)
        app.router.add_get("/{version}/{phone}", self._account)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client:
            await self._client.aclose()
        if self._runner:
            await self._runner.cleanup()

    def texts(self) -> list[str]:
        """What the accepted messages say."""
        return [text_of(body) for body in self.accepted]

    async def _message(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return error(401, 190)
        if request.match_info["phone"] != PHONE_NUMBER_ID:
            return error(400, 100)
        await asyncio.sleep(self.delay)
        if body.get("status") == "read":
            self.receipts.append(body)
            self.events.append("receipt")
            return web.json_response({"success": True})
        fault = self.faults.popleft() if self.faults and self.only(body) else None
        if fault:
            await asyncio.sleep(fault.delay)
            if not fault.accept:
                self.refused.append((fault.code, body))
                if fault.drop:
                    return _drop(request)
                if fault.body is not None:
                    return web.Response(status=fault.status, body=fault.body)
                return error(fault.status, fault.code, fault.headers)
        wrong = broken_limit(body)
        if wrong:
            self.refused.append((131009, {**body, "why": wrong}))
            return error(400, 131009)
        message_id = f"wamid.out{len(self.accepted)}"
        self.accepted.append({**body, "id": message_id})
        self.events.append("message")
        if self.webhook and self.statuses:
            task = asyncio.ensure_future(self._report(message_id, body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if fault and fault.drop:
            return _drop(request)
        sent_to = body.get("to") or body.get("recipient")
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": sent_to, "wa_id": sent_to}],
                "messages": [{"id": message_id}],
            }
        )

    async def _report(self, message_id: str, body: dict[str, Any]) -> None:
        self._client = self._client or httpx.AsyncClient(trust_env=False, timeout=10)
        for status in self.statuses:
            uid = body["biz_opaque_callback_data"]
            data = bodies.status(message_id, status, uid=uid)
            while True:
                try:
                    answer = await self._client.post(self.webhook, **bodies.signed(data))
                    if answer.status_code == 200:
                        break
                except httpx.HTTPError:
                    pass  # it is down: again, as Meta does
                await asyncio.sleep(0.1)

    async def _account(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return error(401, 190)
        if request.match_info["phone"] == "app":
            return web.json_response({"id": "1", "name": "Clinic app"})
        if request.match_info["phone"] != PHONE_NUMBER_ID:
            return error(400, 100)
        proof = request.query.get("appsecret_proof")
        if proof and proof != bodies.proof(TOKEN):
            return error(400, 100, message="Invalid appsecret_proof provided in the API argument")
        return web.json_response({"id": PHONE_NUMBER_ID, **self.account})


def error(
    status: int,
    code: int | None,
    headers: dict[str, str] | None = None,
    message: str = "stand-in error",
) -> web.Response:
    """An error body as the Graph API writes it."""
    content = {"error": {"message": message, "type": "OAuthException", "code": code}}
    return web.json_response(content, status=status, headers=headers)


def text_of(body: dict[str, Any]) -> str:
    """What a message says, without its buttons."""
    if body["type"] == "text":
        return str(body["text"]["body"])
    return str(body["interactive"]["body"]["text"])


def broken_limit(body: dict[str, Any]) -> str | None:
    """Which limit of the Cloud API's message reference a message breaks."""
    if bool(body.get("to")) == bool(body.get("recipient")):
        return "to or recipient"
    if body.get("messaging_product") != "whatsapp" or "biz_opaque_callback_data" not in body:
        return "envelope"
    if body["type"] == "text":
        return None if 1 <= len(body["text"]["body"]) <= 4096 else "text"
    content = body["interactive"]
    text = content["body"]["text"]
    if content["type"] == "button":
        replies = [button["reply"] for button in content["action"]["buttons"]]
        checks = {
            "buttons": 1 <= len(replies) <= 3,
            "body": 1 <= len(text) <= 1024,
            "title": all(1 <= grapheme.length(r["title"]) <= 20 for r in replies),
            "id": all(1 <= len(r["id"]) <= 256 for r in replies),
            "same title": len({r["title"] for r in replies}) == len(replies),
            "same id": len({r["id"] for r in replies}) == len(replies),
        }
    else:
        rows = [row for section in content["action"]["sections"] for row in section["rows"]]
        checks = {
            "rows": 1 <= len(rows) <= 10,
            "body": 1 <= len(text) <= 4096,
            "button": 1 <= grapheme.length(content["action"]["button"]) <= 20,
            "title": all(1 <= grapheme.length(row["title"]) <= 24 for row in rows),
            "description": all(grapheme.length(row.get("description", "")) <= 72 for row in rows),
            "id": all(1 <= len(row["id"]) <= 200 for row in rows),
            "same id": len({row["id"] for row in rows}) == len(rows),
        }
    return next((name for name, fits in checks.items() if not fits), None)


def _drop(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()
