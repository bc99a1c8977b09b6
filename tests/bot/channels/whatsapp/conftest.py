"""Runs the channels in this process, beside a stand-in Graph API, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import sqlalchemy as sa
from sanic import Sanic

from bot import transcript
from bot.channels.messaging_tables import inbox, outbox
from bot.database import connect, upgrade
from bot.settings import Settings
from tests.bot.channels.whatsapp import bodies
from tests.bot.channels.whatsapp.graph import TOKEN, StandInGraph
from tests.bot.channels.whatsapp.server import StandInAgent, make_app


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Bot:
    """A running server, and everything around it that a test looks at."""

    url: str
    settings: Settings
    graph: StandInGraph
    agent: StandInAgent
    app: Sanic
    client: httpx.AsyncClient

    async def post(self, data: Any, secret: str = bodies.APP_SECRET) -> httpx.Response:
        """A webhook request as Meta signs it."""
        return await self.client.post("/webhooks/whatsapp", **bodies.signed(data, secret))

    async def say(self, words: str, sender: str = "8801711000001", **more: Any) -> httpx.Response:
        return await self.post(bodies.of(bodies.text(words, sender, **more)))

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        with self.app.ctx.messaging._store.engine.connect() as connection:
            query = sa.select(table).order_by(table.c[next(iter(table.primary_key)).name])
            return [dict(row._mapping) for row in connection.execute(query)]

    async def until(self, holds: Callable[[], Any], seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"not within {seconds} s; sent: {self.graph.texts()}"
            await asyncio.sleep(0.01)

    async def settled(self, seconds: float = 5.0) -> None:
        """Until nothing waits, neither in the inbox nor in the outbox."""

        def done() -> bool:
            waiting = [row for row in self.rows(inbox) if row["state"] in ("received", "taken")]
            unsent = [row for row in self.rows(outbox) if row["state"] in ("waiting", "sending")]
            return not waiting and not unsent

        await self.until(done, seconds)

    async def sent(self, number: int, seconds: float = 5.0) -> list[str]:
        """The texts that the platform has, once there are `number` of them and nothing waits."""
        await self.until(lambda: len(self.graph.accepted) >= number, seconds)
        await self.settled(seconds)
        return self.graph.texts()


@pytest_asyncio.fixture
async def graph() -> AsyncIterator[StandInGraph]:
    stand_in = StandInGraph()
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, to be copied: migrating takes half a second."""
    folder = tmp_path_factory.mktemp("empty")
    engine = connect(Settings(var_dir=folder))
    upgrade(engine)
    engine.dispose()
    return folder / "polyclinic.db"


@pytest.fixture
def settings(tmp_path: Path, graph: StandInGraph, empty_database: Path) -> Settings:
    port = free_port()
    shutil.copy(empty_database, tmp_path)
    return Settings(
        port=port,
        var_dir=tmp_path,
        secret_key="a secret for tests alone",
        public_url=f"http://127.0.0.1:{port}",
        whatsapp_app_secret=bodies.APP_SECRET,
        whatsapp_verify_token=bodies.VERIFY_TOKEN,
        whatsapp_access_token=TOKEN,
        whatsapp_phone_number_id=bodies.PHONE_NUMBER_ID,
        whatsapp_api_url=graph.url,
        whatsapp_confirm_seconds=1.0,
    )


Start = Callable[..., Any]


@pytest_asyncio.fixture
async def start(
    settings: Settings, graph: StandInGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Start]:
    """`await start(setting=value)` starts the server; a second call starts another one."""
    monkeypatch.setenv("VAR_DIR", str(tmp_path))  # the transcript's
    running: list[tuple[Any, httpx.AsyncClient]] = []

    async def begin(**changes: Any) -> Bot:
        own = replace(settings, **changes)
        agent = StandInAgent(tmp_path)
        app = make_app(own, agent, f"stand_in_{free_port()}")
        server = await app.create_server(
            own.host, own.port, return_asyncio_server=True, access_log=False
        )
        await server.startup()
        await server.before_start()
        await server.after_start()
        url = f"http://{own.host}:{own.port}"
        graph.webhook = f"{url}/webhooks/whatsapp"
        client = httpx.AsyncClient(base_url=url, timeout=10, trust_env=False)
        running.append((server, client))
        return Bot(url, own, graph, agent, app, client)

    yield begin
    for server, client in running:
        await client.aclose()
        await server.before_stop()
        await server.close()
        await server.after_stop()
    recorder = transcript.recorder
    if recorder.cache_info().currsize:
        recorder(Settings.from_env()).close()
        recorder.cache_clear()


@pytest_asyncio.fixture
async def bot(start: Start) -> Bot:
    return await start()
