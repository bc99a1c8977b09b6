"""The bot's server with the website's channel alone, over an agent that says what a test wants."""

from __future__ import annotations

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from bot import transcript
from bot.channels.web import WebChannel
from bot.serve import create_app
from bot.settings import Settings
from knowledge.loader import load
from knowledge.model import KnowledgeBase

BUTTONS = [{"title": "Does it hurt?", "payload": '/ask_pain{"treatment": "glutathione"}'}]


@dataclass
class StandInAgent:
    """Answers with the text that it got; `pause` seconds, so that turns can overlap."""

    pause: float = 0.0
    silent: bool = False  # as if the action server were down
    fails: bool = False
    heard: list[UserMessage] = field(default_factory=list)

    def is_ready(self) -> bool:
        return True

    async def handle_message(self, message: UserMessage) -> None:
        self.heard.append(message)
        await asyncio.sleep(self.pause)
        if self.fails:
            raise RuntimeError("the agent fails, as this test wants")
        if self.silent:
            return
        record = {"kind": "answer", "language": "en", "sources": [], "treatment": "glutathione"}
        said = {"text": f"You said: {message.text}", "buttons": BUTTONS, "custom": record}
        await message.output_channel.send_response(str(message.sender_id), said)


@dataclass
class Running:
    """A server that answers on `client`."""

    client: httpx.AsyncClient
    channel: WebChannel
    agent: StandInAgent

    async def open(self, **body: Any) -> Patient:
        answer = await self.client.post("/chat/session", json=body)
        assert answer.status_code == 200, answer.text
        return Patient(self.client, answer.json()["token"])


@dataclass
class Patient:
    """A browser with a session."""

    client: httpx.AsyncClient
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(path, json=body, headers=self.headers)

    async def say(self, text: str, number: str | None = None, **more: Any) -> httpx.Response:
        body = {"id": number or str(uuid.uuid4()), "text": text, **more}
        return await self.post("/chat/messages", body)

    async def press(self, payload: str) -> httpx.Response:
        return await self.post("/chat/messages", {"id": str(uuid.uuid4()), "payload": payload})

    async def missed(self, after: str | None = None) -> list[dict[str, Any]]:
        query = {"after": after} if after else {}
        answer = await self.client.get("/chat/messages", params=query, headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


def code(answer: httpx.Response) -> str:
    """The error code of a refusal; the test fails if it is none."""
    error = json.loads(answer.content)["error"]
    assert set(error) == {"code", "message"}
    assert error["message"]
    return str(error["code"])


@cache
def knowledge() -> KnowledgeBase:
    """The knowledge base, read once for all tests."""
    return load()


@asynccontextmanager
async def running(settings: Settings, agent: StandInAgent | None = None) -> AsyncIterator[Running]:
    """Start a server on a free port and stop it afterwards."""
    Sanic.test_mode = True  # several servers of one name, one after the other
    agent = agent or StandInAgent()
    channel = WebChannel(settings, knowledge())
    app = create_app([channel], settings)
    app.ctx.agent = agent
    port = free_port()
    server = await app.create_server(
        host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False
    )
    await server.startup()
    await server.before_start()
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, timeout=30, trust_env=False) as client:
        try:
            yield Running(client, channel, agent)
        finally:
            await server.before_stop()
            await server.close()
            await server.after_stop()
            transcript.recorder(settings).close()
            transcript.recorder.cache_clear()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
