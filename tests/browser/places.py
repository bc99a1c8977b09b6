"""What the browser tests stand on: the bot as a process, a wire that can be cut, odd websites."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on, and that no outgoing connection is given either."""
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.socket() as probe:
            probe.bind((HOST, port))
            return port


class Bot:
    """The stand-in's process; it can be killed as a machine dies, and started again."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.port = free_port()
        self.folder = folder
        self.url = f"http://{HOST}:{self.port}"
        self._settings = {
            "VAR_DIR": str(folder),
            "WEB_RATE_PER_MINUTE": "100000",
            "WEB_RATE_PER_MINUTE_ADDRESS": "100000",
            **{name.upper(): str(value) for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Bot:
        command = [sys.executable, str(ROOT / "tests/browser/standin.py"), str(self.port)]
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env={**os.environ, **self._settings}, stdout=log, stderr=log
            )
        wait_for(f"{self.url}/health", 60, self._process)
        return self

    def kill(self) -> None:
        """Without a chance to tidy up."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    @property
    def heard(self) -> list[dict[str, Any]]:
        """Every message that reached the agent, in order."""
        path = self.folder / "heard.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]


class RealBot:
    """The trained bot with its action server, as `make run` starts them."""

    def __init__(self, folder: Path, model: Path | None) -> None:
        port, actions = free_port(), free_port()
        self.url = f"http://{HOST}:{port}"
        environment = {
            **os.environ,
            "PORT": str(port),
            "ACTIONS_URL": f"http://{HOST}:{actions}/webhook",
            "VAR_DIR": str(folder),
            "SANIC_HOST": HOST,
            "WEB_RATE_PER_MINUTE": "100000",
            "WEB_RATE_PER_MINUTE_ADDRESS": "100000",
        }
        commands = [
            ["-m", "rasa_sdk", "--actions", "actions", "--port", str(actions)],
            ["-m", "bot", "serve", *(["--model", str(model)] if model else [])],
        ]
        with (folder / "log").open("ab") as log:
            self._processes = [
                subprocess.Popen(
                    [sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log
                )
                for command in commands
            ]
        try:
            wait_for(f"{self.url}/ready", 120, self._processes[1])
        except Exception:
            self.stop()
            raise

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(30)


class Wire:
    """Passes connections on to a port, until it is cut: then all break, and none is made."""

    def __init__(self, to_port: int) -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self._to = to_port
        self._ends: set[socket.socket] = set()
        self.is_cut = False
        self._listener = socket.create_server((HOST, self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self.is_cut = True
        for end in list(self._ends):
            with suppress(OSError):
                # Reset and not closed: what is on its way is lost.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                if self.is_cut:
                    raise ConnectionError
                far = socket.create_connection((HOST, self._to), timeout=5)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            self._ends |= {near, far}
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            self._ends.discard(end)


class Site:
    """Another website, of its own origin, with one page at every path."""

    def __init__(self, page: str = "", headers: Mapping[str, str] | None = None) -> None:
        site = self
        self.page, self.headers = page, dict(headers or {})

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.page.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for name, value in site.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def wait_for(url: str, seconds: float, process: subprocess.Popen[bytes] | None = None) -> None:
    """Return once `url` answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"the process behind {url} ended with {process.returncode}")
        with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise TimeoutError(f"{url} does not answer")
