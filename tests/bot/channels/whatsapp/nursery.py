"""Servers in processes of their own, to be killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[4]


class Nursery:
    """Starts servers quickly: see server.py."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bot.channels.whatsapp.server"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._read() == "ready"

    def start(self, settings: Settings, **options: Any) -> int:
        """The process id of a new server."""
        return int(self._ask({"env": environment_of(settings), **options}))

    def wait(self, pid: int) -> int:
        """Its wait status, once it has ended."""
        return int(self._ask({"wait": pid}))

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self.wait(pid)

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def _ask(self, command: dict[str, Any]) -> str:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> str:
        assert self._process.stdout
        while True:
            line = self._process.stdout.readline()
            assert line, "the nursery has ended"
            if line.strip() == "ready" or line.strip().isdigit():  # not what a server prints
                return line.strip()


def environment_of(settings: Settings) -> dict[str, str]:
    """Environment variables that make these settings."""
    plain = {item.name: getattr(settings, item.name) for item in fields(settings)}
    return {
        name.upper(): str(value)
        for name, value in plain.items()
        if value != "" and not isinstance(value, tuple)
    }


async def until_up(url: str, seconds: float = 20.0) -> None:
    """Until a server answers."""
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(int(seconds / 0.05)):
            try:
                await client.get(f"{url}/health")
                return
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
    raise AssertionError(f"{url} does not answer")


async def deliver(client: httpx.AsyncClient, path: str, request: dict[str, Any]) -> None:
    """Post until it is acknowledged, as the platform does."""
    while True:
        try:
            response = await client.post(path, **request)
            if response.status_code == 200:
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.05)
