"""Accounts, one-time links, throttling, lock-out and the ends of sessions."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy.engine import Engine
from starlette.applications import Starlette

from bot.console import accounts, commands, sign_in
from bot.console.accounts import AccountError
from bot.console.tables import sessions, setup_links, sign_in_failures, users
from bot.database import now
from bot.settings import Settings
from tests.bot.console.conftest import PASSWORD, Staff


def test_passwords_are_hashed_with_argon2id_as_strongly_as_rfc_9106_says(monkeypatch) -> None:
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher())
    stored = accounts.hash_password(PASSWORD)
    parameters = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (parameters.time_cost, parameters.memory_cost) >= (3, 65536)
    assert accounts.check_password(stored, PASSWORD)
    assert not accounts.check_password(stored, PASSWORD + "x")
    assert not accounts.check_password(None, PASSWORD)


@pytest.mark.parametrize("name", ["", "a", "x" * 41, "a b", "a/b", "<b>", "a\n"])
def test_a_name_that_cannot_be_one(name: str) -> None:
    if name.strip() == "a":
        name = "a"
    with pytest.raises(AccountError, match="bad_name"):
        accounts.clean_name(name)


@pytest.mark.parametrize("name", ["নাদিয়া", "王芳", "zoé", "nadia.k", "n-k_2"])
def test_names_of_every_script(name: str) -> None:
    assert accounts.clean_name(f" {name.upper()} ") == accounts.clean_name(name)


def test_a_short_password_is_refused(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(AccountError, match="password_short"):
        accounts.add_user(connection, "nadia", "viewer", "short", "en")


def test_there_is_no_account_and_no_default_password_at_first(engine: Engine) -> None:
    assert not accounts.anybody(engine)


def test_the_first_link_makes_one_administrator_once(engine: Engine, settings: Settings) -> None:
    from bot.console.app import create_app

    with engine.begin() as connection:
        token = accounts.new_link(connection, "admin")
    app = create_app(settings, engine)
    first, second = Staff(app), Staff(app)
    for person in (first, second):
        person._read_token(person.get(f"/setup/{token}"))
    form = {"name": "Nadia", "password": PASSWORD, "again": PASSWORD}
    assert first.post(f"/setup/{token}", **{**form, "again": "x"}).status_code == 422
    assert first.post(f"/setup/{token}", **form).headers["location"] == "/"
    assert first.get("/users").status_code == 200
    assert second.post(f"/setup/{token}", **form).status_code == 404
    assert second.get(f"/setup/{token}").status_code == 404


def test_an_old_link_is_worth_nothing(engine: Engine, visitor: Staff) -> None:
    with engine.begin() as connection:
        token = accounts.new_link(connection, "admin")
        connection.execute(setup_links.update().values(expires_at=now() - timedelta(seconds=1)))
    assert visitor.get(f"/setup/{token}").status_code == 404


def test_an_administrator_invites_and_gives_new_passwords(
    staff: Callable[[str], Staff], app: Starlette
) -> None:
    admin = staff("admin")
    page = admin.post("/users", name="viewer", role="reviewer").text
    path = "/setup/" + page.split("/setup/")[1].split("<")[0]
    viewer = staff("viewer")
    guest = Staff(app)
    guest._read_token(guest.get(path))
    fresh = "another good password"
    form = {"name": "ignored", "password": fresh, "again": fresh}
    assert guest.post(path, **form).status_code == 303
    assert guest.get("/candidates").status_code == 200, "the link's role counts"
    assert viewer.get("/").status_code == 303, "the old session is over"
    assert Staff(app).sign_in("viewer").status_code == 401
    assert Staff(app).sign_in("viewer", fresh).status_code == 303


def test_a_change_of_role_ends_the_sessions(staff: Callable[[str], Staff], app: Starlette) -> None:
    admin, reviewer = staff("admin"), staff("reviewer")
    assert admin.post("/users/reviewer", role="viewer").status_code == 303
    assert reviewer.get("/").status_code == 303
    assert staff("reviewer").get("/candidates").status_code == 403
    assert admin.post("/users/reviewer", active="no").status_code == 303
    assert Staff(app).sign_in("reviewer").status_code == 401


def test_the_last_administrator_stays(staff: Callable[[str], Staff]) -> None:
    admin = staff("admin")
    for change in ({"role": "viewer"}, {"active": "no"}):
        assert admin.post("/users/admin", **change).status_code == 422
    assert admin.get("/users").status_code == 200


def test_a_name_waits_after_wrong_passwords(app: Starlette, engine: Engine) -> None:
    person = Staff(app)
    for _ in range(sign_in.ALLOWED_PER_NAME):
        assert person.sign_in("viewer", "wrong").status_code == 401
    assert person.sign_in("viewer", "wrong").status_code == 429
    assert person.sign_in("viewer").status_code == 429, "the right password waits, too"
    assert person.sign_in("reviewer").status_code == 303, "others do not"
    with engine.begin() as connection:
        connection.execute(sign_in_failures.update().values(last_at=now() - sign_in.WAIT * 2))
    assert Staff(app).sign_in("viewer").status_code == 303


def test_an_address_that_tries_many_names_waits(app: Starlette) -> None:
    person = Staff(app)
    answers = [
        person.sign_in(f"name{number}", "wrong").status_code
        for number in range(sign_in.ALLOWED_PER_ADDRESS + 1)
    ]
    assert answers == [401] * sign_in.ALLOWED_PER_ADDRESS + [429]


def test_names_that_do_not_exist_take_as_long(app: Starlette, monkeypatch) -> None:
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=3, memory_cost=16384))
    accounts.nobodys_hash.cache_clear()
    accounts.check_password(None, "x")
    stored = accounts.hash_password(PASSWORD)

    def took(hashed: str | None) -> float:
        start = time.process_time()
        for _ in range(4):
            accounts.check_password(hashed, "wrong password")
        return time.process_time() - start

    assert 0.4 < took(None) / took(stored) < 2.5


def test_a_session_ends_when_idle_and_after_its_longest_time(
    staff: Callable[[str], Staff], engine: Engine, settings: Settings
) -> None:
    idle = timedelta(minutes=settings.console_session_idle_minutes + 1)
    longest = timedelta(hours=settings.console_session_hours, minutes=1)
    for values in ({"seen_at": now() - idle}, {"created_at": now() - longest}):
        viewer = staff("viewer")
        assert viewer.get("/").status_code == 200
        with engine.begin() as connection:
            connection.execute(sessions.update().values(**values))
        assert viewer.get("/").status_code == 303


def test_use_keeps_a_session_alive(staff: Callable[[str], Staff], engine: Engine) -> None:
    viewer = staff("viewer")
    earlier = now() - timedelta(minutes=20)
    with engine.begin() as connection:
        connection.execute(sessions.update().values(seen_at=earlier))
    viewer.get("/")
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sessions.c.seen_at)) > earlier


def test_the_command_adds_users(engine: Engine, settings: Settings, monkeypatch, capsys) -> None:
    for name in ("var_dir", "database_url", "secret_key"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))
    monkeypatch.setattr(commands, "_ask_password", lambda: PASSWORD)
    assert commands.main(["add-user", "Nadia"]) == 0
    assert commands.main(["add-user", "nadia"]) == 1
    assert "taken" in capsys.readouterr().err
    assert commands.main(["add-user", "karim", "--role", "reviewer", "--link"]) == 0
    assert "/setup/" in capsys.readouterr().out
    assert commands.main(["verify-audit"]) == 0
    with engine.connect() as connection:
        row = connection.execute(sa.select(users)).one()
    assert (row.name, row.role) == ("nadia", "admin")
