"""A stand-in for Twilio's Messages API, and webhook requests as Twilio signs them."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from aiohttp import BasicAuth, web
from twilio.request_validator import RequestValidator

from tests.bot.channels.whatsapp.bodies import PAYLOADS

ACCOUNT = "AC00000000000000000000000000000000"
AUTH_TOKEN = "stand-in-auth-token"
FROM = "whatsapp:+8801000000000"


class StandInTwilio:
    """`await start()`, then `url`; `accepted` holds the forms of messages in order."""

    def __init__(self) -> None:
        self.accepted: list[dict[str, str]] = []
        self.faults: deque[tuple[int, int | None]] = deque()  # HTTP status, code
        self.drop_next = False  # take the message, close the connection
        self.statuses: tuple[str, ...] = ()
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/2010-04-01/Accounts/{sid}/Messages.json", self._message)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runner:
            await self._runner.cleanup()

    async def _message(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        known = BasicAuth(ACCOUNT, AUTH_TOKEN).encode()
        if request.headers.get("Authorization") != known:
            return web.json_response({"code": 20003, "status": 401}, status=401)
        if self.faults:
            status, code = self.faults.popleft()
            return web.json_response({"code": code, "status": status}, status=status)
        if not 0 < len(form["Body"]) <= 1600:
            return web.json_response({"code": 21617, "status": 400}, status=400)
        if not (form["To"].startswith("whatsapp:+") and form["From"] == FROM):
            return web.json_response({"code": 21211, "status": 400}, status=400)
        sid = f"SMout{len(self.accepted)}"
        self.accepted.append(form)
        if self.statuses:
            task = asyncio.ensure_future(self._report(sid, form["StatusCallback"]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self.drop_next:
            self.drop_next = False
            assert request.transport is not None
            request.transport.close()
        return web.json_response({"sid": sid, "status": "queued"}, status=201)

    async def _report(self, sid: str, url: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            for status in self.statuses:
                form = {"MessageSid": sid, "MessageStatus": status, "AccountSid": ACCOUNT}
                await client.post(url, **signed(url, form))


def recorded(name: str, **changes: str) -> dict[str, str]:
    """The form of a recorded webhook request."""
    text = (PAYLOADS / "twilio" / f"{name}.json").read_text(encoding="utf-8")
    return {**json.loads(text), **changes}


def signed(url: str, form: dict[str, str], token: str = AUTH_TOKEN) -> dict[str, Any]:
    """Arguments of an httpx request to `url` as Twilio makes it."""
    content = urlencode(form).encode()
    fields = dict(parse_qsl(content.decode(), keep_blank_values=True))
    return {
        "content": content,
        "headers": {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": RequestValidator(token).compute_signature(url, fields),
        },
    }
