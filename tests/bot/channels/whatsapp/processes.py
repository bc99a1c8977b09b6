"""The server under the bench, as a process that is killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys

import httpx
import psutil

from bot.settings import Settings
from tests.bot.channels.whatsapp.nursery import ROOT, Nursery, environment_of


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Processes:
    """A stand-in server, or the real one with its action server."""

    def __init__(self, settings: Settings, busy_ms: float, real: bool) -> None:
        self._settings = settings
        self._busy_ms = busy_ms
        self._real = real
        self._nursery: Nursery | None = None
        self._actions: subprocess.Popen[bytes] | None = None
        self._bot: subprocess.Popen[bytes] | None = None
        self._pid = 0
        self._cpu_at_start = 0.0
        self.cpu_seconds = 0.0  # of all servers, their start left out
        self._url = f"http://127.0.0.1:{settings.port}"

    async def start(self) -> None:
        """Return when it can answer patients."""
        if not self._real:
            self._nursery = self._nursery or Nursery()
            self._pid = self._nursery.start(self._settings, busy_ms=self._busy_ms)
            await self._until_ready("/health")
            self._started()
            return
        if self._actions is None:
            self._actions_port = free_port()
            command = ["-m", "rasa_sdk", "--actions", "actions", "--port", str(self._actions_port)]
            self._actions = self._popen(command, SANIC_HOST="127.0.0.1")
        actions = f"http://127.0.0.1:{self._actions_port}/webhook"
        environment = environment_of(self._settings) | {"ACTIONS_URL": actions}
        self._bot = self._popen(["-m", "bot", "serve"], **environment)
        self._pid = self._bot.pid
        await self._until_ready("/ready")
        self._started()

    def _started(self) -> None:
        times = psutil.Process(self._pid).cpu_times()
        self._cpu_at_start = times.user + times.system

    async def kill_and_restart(self) -> None:
        self._kill()
        await self.start()

    async def stop(self) -> None:
        self._kill()
        if self._nursery:
            self._nursery.close()
        if self._actions:
            self._actions.kill()
            self._actions.wait()

    def _kill(self) -> None:
        times = psutil.Process(self._pid).cpu_times()
        self.cpu_seconds += times.user + times.system - self._cpu_at_start
        os.kill(self._pid, signal.SIGKILL)
        if self._nursery:
            self._nursery.wait(self._pid)
        elif self._bot:
            self._bot.wait()

    def _popen(self, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def _until_ready(self, path: str, seconds: float = 120.0) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(int(seconds / 0.1)):
                try:
                    if (await client.get(f"{self._url}{path}")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError(f"{self._url}{path} is not ready after {seconds} s")
