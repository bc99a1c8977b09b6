"""Who gets where: every route of the console, for everybody. What is not listed here fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.console.app import routes
from tests.bot.console.conftest import ROLES, Staff

EVERYBODY, VIEWER, REVIEWER, ADMIN = "everybody", "viewer", "reviewer", "admin"
TABLE = {
    ("GET", "/health"): EVERYBODY,
    ("GET", "/sign-in"): EVERYBODY,
    ("POST", "/sign-in"): EVERYBODY,
    ("GET", "/setup/{token}"): EVERYBODY,
    ("POST", "/setup/{token}"): EVERYBODY,
    ("POST", "/language"): EVERYBODY,
    ("POST", "/sign-out"): VIEWER,
    ("GET", "/"): VIEWER,
    ("GET", "/counts"): VIEWER,
    ("POST", "/views"): VIEWER,
    ("POST", "/views/{view:int}/delete"): VIEWER,
    ("GET", "/conversations/{conversation}"): VIEWER,
    ("POST", "/conversations/{conversation}/verdict"): REVIEWER,
    ("POST", "/conversations/{conversation}/notes"): REVIEWER,
    ("POST", "/conversations/{conversation}/tags"): REVIEWER,
    ("POST", "/conversations/{conversation}/assign"): REVIEWER,
    ("POST", "/conversations/{conversation}/reviewed"): REVIEWER,
    ("POST", "/conversations/{conversation}/acknowledge"): REVIEWER,
    ("GET", "/candidates"): REVIEWER,
    ("POST", "/candidates/{candidate:int}"): REVIEWER,
    ("POST", "/candidates/export"): ADMIN,
    ("GET", "/gaps"): VIEWER,
    ("POST", "/gaps/refresh"): REVIEWER,
    ("GET", "/gaps/{gap:int}"): VIEWER,
    ("POST", "/gaps/{gap:int}"): REVIEWER,
    ("GET", "/dashboard"): VIEWER,
    ("GET", "/dashboard.csv"): ADMIN,
    ("GET", "/export/conversations.csv"): ADMIN,
    ("GET", "/export/conversations.json"): ADMIN,
    ("GET", "/privacy"): ADMIN,
    ("POST", "/privacy/export"): ADMIN,
    ("POST", "/privacy/erase"): ADMIN,
    ("GET", "/audit"): ADMIN,
    ("POST", "/audit/verify"): ADMIN,
    ("GET", "/users"): ADMIN,
    ("POST", "/users"): ADMIN,
    ("POST", "/users/{name}"): ADMIN,
}
VALUES = {"{conversation}": "web-1", "{token}": "x", "{name}": "nobody"}
VALUES |= {"{view:int}": "1", "{candidate:int}": "1", "{gap:int}": "1"}


def filled(path: str) -> str:
    for name, value in VALUES.items():
        path = path.replace(name, value)
    return path


def test_the_table_lists_every_route() -> None:
    found = set()
    for route in routes():
        if isinstance(route, Mount):
            assert route.path == "/static"
            continue
        found |= {(method, route.path) for method in route.methods - {"HEAD"}}
    assert found == TABLE.keys()


def test_nobody_gets_in_without_signing_in(visitor: Staff, app: Starlette) -> None:
    visitor.get("/sign-in")
    for (method, path), role in TABLE.items():
        answer = visitor.client.request(
            method, filled(path), data={"csrf": visitor.token} if method == "POST" else None
        )
        if role == EVERYBODY:
            continue
        if method == "GET":
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/sign-in?"), (method, path)
        else:
            assert answer.status_code == 401, (method, path)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_where_it_may_and_no_further(
    role: str, staff: Callable[[str], Staff], said: Callable[..., None], app: Starlette, monkeypatch
) -> None:
    said("hello")
    monkeypatch.setattr("bot.console.grouping.group", lambda engine: 0)
    person = staff(role)
    for (method, path), needed in TABLE.items():
        if path == "/sign-out" or needed == EVERYBODY:
            continue
        target = filled(path)
        answer = person.get(target) if method == "GET" else person.post(target)
        allowed = ROLES.index(role) >= ROLES.index(needed)
        if allowed:
            assert answer.status_code not in (401, 403, 500), (role, method, path, answer.text)
        else:
            assert answer.status_code == 403, (role, method, path)


def test_files_of_the_console_are_the_only_ones_served(visitor: Staff) -> None:
    assert visitor.get("/static/console.css").status_code == 200
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/"):
        assert visitor.get(path).status_code == 404, path


def test_what_is_not_there_says_so_in_html(visitor: Staff) -> None:
    answer = visitor.get("/wp-admin")
    assert answer.status_code == 404
    assert "<html lang=" in answer.text
    assert visitor.client.delete("/sign-in").status_code == 405
