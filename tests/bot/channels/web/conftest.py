"""A running server for the tests of the website's channel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.bot.channels.web.server import Running, running


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """changed(port=...) -> settings of a bot in a temporary folder, with some of them changed.

    They are in the environment, too, where the transcript finds them.
    """

    def change(**values: object) -> Settings:
        ours = {
            "var_dir": tmp_path,
            "secret_key": "a secret for tests alone",
            # limits that no test meets by chance
            "web_rate_per_minute": 1000,
            "web_rate_per_minute_address": 10_000,
            "web_allowed_origins": "https://clinic.example",
        }
        for name, value in {**ours, **values}.items():
            monkeypatch.setenv(name.upper(), str(value))
        return Settings.from_env()

    return change


@pytest.fixture
def web_settings(changed: Callable[..., Settings]) -> Settings:
    return changed()


@pytest.fixture
async def web(web_settings: Settings) -> AsyncIterator[Running]:
    async with running(web_settings) as server:
        yield server
