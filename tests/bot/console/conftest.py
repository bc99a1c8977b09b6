"""The console over a database of its own, and members of staff who use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from httpx import Response
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.console import accounts
from bot.console.app import create_app
from bot.settings import Settings
from bot.transcript_events import EventReader
from bot.transcript_store import store
from tests.bot.events import bot_event, user_event

PASSWORD = "correct horse battery"
ROLES = ("viewer", "reviewer", "admin")


class Staff:
    """A member of staff with a browser; `post` sends the page's own form token along."""

    def __init__(self, app: Starlette) -> None:
        self.client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
        self.token = ""

    def sign_in(self, name: str, password: str = PASSWORD, target: str = "/") -> Response:
        self._read_token(self.client.get("/sign-in"))
        form = {"csrf": self.token, "name": name, "password": password, "next": target}
        answer = self.client.post("/sign-in", data=form)
        if answer.status_code == 303:
            self._read_token(self.client.get("/gaps"))
        return answer

    def get(self, path: str, **options: object) -> Response:
        return self.client.get(path, **options)

    def post(self, path: str, **form: object) -> Response:
        return self.client.post(path, data={"csrf": self.token, **form})

    def _read_token(self, page: Response) -> None:
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert found, page.text[:500]
        self.token = found.group(1)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Password hashes that cost nothing; what they cost otherwise is in test_accounts.py."""
    accounts.nobodys_hash.cache_clear()
    monkeypatch.setattr(
        accounts, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite alone: what differs between databases is in test_queries.py."""
    return f"sqlite:///{tmp_path / 'polyclinic.db'}"


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Starlette:
    with engine.begin() as connection:
        for role in ROLES:
            accounts.add_user(connection, role, role, PASSWORD, "en")
    return create_app(settings, engine)


@pytest.fixture
def visitor(app: Starlette) -> Staff:
    """Somebody who is not signed in."""
    return Staff(app)


@pytest.fixture
def staff(app: Starlette) -> Callable[[str], Staff]:
    """staff(role) -> somebody of that role, signed in."""

    def sign_in(role: str) -> Staff:
        person = Staff(app)
        assert person.sign_in(role).status_code == 303
        return person

    return sign_in


@pytest.fixture
def said(engine: Engine) -> Callable[..., None]:
    """said(text, ...) stores a patient's message and a reply."""
    number = 0

    def tell(text: str, reply: str = "an answer", **options: object) -> None:
        nonlocal number
        number += 1
        turn = str(options.pop("turn", f"t{number}"))
        kind = str(options.pop("kind", "answer"))
        about = {name: options.pop(name, None) for name in ("treatment", "topic")}
        sender = options.get("sender", "web-1")
        reader = EventReader()
        at = float(options.pop("at", 1_000_000.0 + number * 10))
        events = [
            user_event(text, turn=turn, at=at, **options),
            bot_event(reply, sender=sender, kind=kind, at=at + 0.03, **about),
        ]
        with engine.begin() as connection:
            for event in events:
                store(connection, reader.read(event))

    return tell
