"""The bot's server: what it refuses to start with, what it leaves closed, when it is ready."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from sanic import Sanic, response

from bot import serve
from bot.model_files import newest_model
from bot.settings import Settings
from tests.bot.channels.web.server import StandInAgent, free_port, running

ROOT = Path(__file__).resolve().parents[2]


def test_without_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "newest_model", lambda: newest_model(tmp_path))
    assert serve.main([]) == 2
    assert "run `make train`" in capsys.readouterr().err


def test_with_a_port_that_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "any.tar.gz"
    model.touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        assert serve.main(["--model", str(model)]) == 2
    error = capsys.readouterr().err
    assert "PORT" in error
    assert "Traceback" not in error


def test_with_a_setting_that_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "five")
    assert serve.main([]) == 2
    assert "PORT='five'" in capsys.readouterr().err


def test_with_a_model_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert serve.main(["--model", "nowhere.tar.gz"]) == 2
    assert "nowhere.tar.gz does not exist" in capsys.readouterr().err


def test_with_words_that_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        serve.main(["--enable-api"])
    assert "usage" in capsys.readouterr().err


def test_the_command_is_found_from_the_command_line(tmp_path: Path) -> None:
    environment = {**os.environ, "PORT": "none"}
    command = [sys.executable, "-m", "bot", "serve"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("Cannot start: PORT='none'")


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    values = {"VAR_DIR": str(tmp_path), "ACTIONS_URL": f"http://127.0.0.1:{free_port()}/webhook"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return Settings.from_env()


async def test_up_but_not_ready_without_actions(plain: Settings) -> None:
    async with running(plain) as web:
        health = await web.client.get("/health")
        assert (health.status_code, health.json()) == (200, {"status": "ok"})
        ready = await web.client.get("/ready")
        assert ready.status_code == 503
        assert ready.json() == {
            "ready": False,
            "model": True,
            "actions": False,
            "database": True,
            "transcript": True,
        }


async def test_ready_when_everything_answers(
    plain: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(plain.actions_url.split(":")[2].split("/")[0])
    Sanic.test_mode = True
    actions = Sanic("actions", configure_logging=False)
    actions.add_route(lambda _request: response.json({"status": "ok"}), "/health")
    server = await actions.create_server(
        host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False
    )
    await server.startup()
    async with running(plain) as web:
        ready = await web.client.get("/ready")
        assert ready.json()["ready"] is True
        assert ready.status_code == 200
    await server.close()


async def test_not_ready_without_a_model(plain: Settings) -> None:
    class Empty(StandInAgent):
        def is_ready(self) -> bool:
            return False

    async with running(plain, Empty()) as web:
        assert (await web.client.get("/ready")).json()["model"] is False


async def test_rasas_own_doors_are_closed(plain: Settings) -> None:
    async with running(plain) as web:
        for method, path in (
            ("GET", "/version"),
            ("GET", "/status"),
            ("PUT", "/model"),
            ("POST", "/model/parse"),
            ("GET", "/conversations/x/tracker"),
            ("POST", "/webhooks/rest/webhook"),
            ("GET", "/webhooks/socketio/"),
            ("GET", "/socket.io/"),
        ):
            answer = await web.client.request(method, path)
            assert answer.status_code == 404, path
        assert "Rasa" not in (await web.client.get("/")).text


BROKEN = {
    "no such version": b"GET / HTTP/9.9\r\n\r\n",
    "no HTTP at all": b"NONSENSE\r\n\r\n",
    "a length that is none": b"POST /chat/messages HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "a negative length": b"POST /chat/messages HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    "too long a path": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    "no characters": b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n",
    "no header": b"GET / HTTP/1.1\r\nx\r\n\r\n",
    "a broken body": b"POST /chat/forget HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


async def test_broken_http_is_refused(plain: Settings) -> None:
    answers = {}
    async with running(plain) as web:
        address = httpx.URL(web.client.base_url)
        for name, sent in BROKEN.items():
            reader, writer = await asyncio.open_connection(address.host, address.port)
            writer.write(sent)
            try:
                answers[name] = (await asyncio.wait_for(reader.readline(), 5)).decode()
            except asyncio.TimeoutError:
                answers[name] = "waits"
            writer.close()
            await writer.wait_closed()
        assert (await web.client.get("/health")).status_code == 200
    assert {name: line for name, line in answers.items() if line.split()[1:2] >= ["500"]} == {}
