"""Starting everything: taken ports, waiting, and the environment of the processes."""

from __future__ import annotations

import http.server
import socket
import threading
from pathlib import Path

import pytest

from bot.run import PortTaken, check_port, child_environment, main, wait_until_ready
from bot.settings import Settings


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_taken_port_is_named_with_its_setting(taken_port: int) -> None:
    with pytest.raises(PortTaken, match=f"Port {taken_port} .* PORT={taken_port + 100} make run"):
        check_port("PORT", "127.0.0.1", taken_port)


def test_nothing_starts_on_a_taken_port(taken_port: int, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PORT", str(taken_port))
    assert main([]) == 2
    assert f"Port {taken_port}" in capsys.readouterr().err


def test_a_wrong_setting_stops_the_start(monkeypatch, capsys) -> None:
    monkeypatch.setenv("PORT", "five")
    assert main([]) == 2
    assert "PORT='five'" in capsys.readouterr().err


def test_children_get_their_addresses() -> None:
    env = child_environment(Settings(actions_port=7055), {"HOME": "/h"})
    assert env["ACTIONS_URL"] == "http://127.0.0.1:7055/webhook"
    assert env["ACTIONS_PORT"] == "7055"
    assert env["HOME"] == "/h"


def test_waiting_ends_with_the_first_ready_answer() -> None:
    answers = iter([503, 503, 200])

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(next(answers))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        assert wait_until_ready(f"http://127.0.0.1:{server.server_port}/ready", 10)
    finally:
        server.shutdown()
        server.server_close()


def test_waiting_gives_up(taken_port: int, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert not wait_until_ready(f"http://127.0.0.1:{free}/ready", 0.5)
