"""What an attacker tries: injected SQL, scripts and formulas, forged forms, stolen sessions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from starlette.applications import Starlette

from bot.console.csv_file import safe
from bot.console.page import own_path
from bot.console.tables import notes, sessions
from bot.transcript_tables import conversations
from tests.bot.console.conftest import PASSWORD, Staff

SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>'
SQL = [
    "' OR 1=1 --",
    '"; DROP TABLE conversations; --',
    "%",
    "_",
    "\\",
    "*",
    'a" OR "b',
    "a:*|b",
    "NEAR(",
    "(((",
    "x' & 'y",
    "\0",
    "AND",
    "-a",
    '"',
    "'",
    "col:x",
    "^a",
    "a" * 300,
]
Signed = Callable[[str], Staff]


@pytest.mark.parametrize("text", SQL)
def test_sql_in_filters_and_search_is_only_text(
    text: str, staff: Signed, said: Callable[..., None], engine: Engine
) -> None:
    said("hello world")
    admin = staff("admin")
    names = ("q", "tag", "assigned", "treatment", "intent", "language", "channel", "since", "after")
    for name in names:
        answer = admin.get("/", params={name: text})
        assert answer.status_code == 200, (name, text)
        if name in ("q", "tag", "assigned", "treatment", "intent", "language", "channel"):
            usable = text.strip("\0")
            if usable and "," not in usable:
                assert "hello world" not in answer.text, (name, text)
    for path in ("/dashboard", "/candidates", "/gaps", "/audit", "/conversations/web-1"):
        for name in ("language", "channel", "state", "before", "offset", "earlier", "since"):
            assert admin.get(path, params={name: text}).status_code == 200, (path, name, text)
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(conversations)) == 1


def test_sql_as_a_conversation_id_finds_nothing(staff: Signed, said: Callable[..., None]) -> None:
    said("hello")
    assert staff("viewer").get("/conversations/' OR '1'='1").status_code == 404


def test_scripts_of_patients_and_staff_are_shown_as_text(
    staff: Signed, said: Callable[..., None], engine: Engine
) -> None:
    said(
        SCRIPT,
        reply=SCRIPT,
        kind=SCRIPT,
        treatment=SCRIPT,
        topic=SCRIPT,
        intent=SCRIPT,
        language=SCRIPT,
        entities=[{"entity": SCRIPT, "value": SCRIPT}],
        red_flag=SCRIPT,
    )
    admin = staff("admin")
    admin.post("/conversations/web-1/notes", text=SCRIPT)
    admin.post("/conversations/web-1/tags", tags=SCRIPT)
    admin.post("/views", name=SCRIPT, q=SCRIPT)
    admin.post("/conversations/web-1/verdict", turn="t1", verdict="right")
    for path in (
        "/",
        f"/?q={SCRIPT}",
        "/conversations/web-1",
        "/candidates",
        "/dashboard",
        "/audit",
        "/gaps",
    ):
        page = admin.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
    assert "&lt;script&gt;" in admin.get("/conversations/web-1").text


def test_the_policy_forbids_scripts_in_the_page(visitor: Staff) -> None:
    headers = visitor.get("/sign-in").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_a_form_without_its_token_is_refused(
    staff: Signed, said: Callable[..., None], engine: Engine
) -> None:
    said("hello")
    admin, other = staff("admin"), staff("admin")
    path = "/conversations/web-1/notes"
    for token in ("", "wrong", other.token):
        assert admin.client.post(path, data={"csrf": token, "text": "x"}).status_code == 403
    with engine.connect() as connection:
        assert connection.execute(sa.select(notes)).first() is None
    assert admin.post(path, text="x").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}],
)
def test_a_form_from_another_site_is_refused(headers: dict[str, str], staff: Signed) -> None:
    admin = staff("admin")
    answer = admin.client.post("/sign-out", data={"csrf": admin.token}, headers=headers)
    assert answer.status_code == 403
    assert admin.get("/").status_code == 200


def test_signing_in_cannot_be_forged_either(visitor: Staff) -> None:
    visitor.get("/sign-in")
    form = {"name": "admin", "password": PASSWORD, "csrf": "x"}
    assert visitor.client.post("/sign-in", data=form).status_code == 403


def test_a_session_planted_before_signing_in_is_worth_nothing(app: Starlette) -> None:
    victim = Staff(app)
    victim.client.cookies.set("console", "planted-by-somebody")
    assert victim.sign_in("admin").status_code == 303
    assert victim.client.cookies.get("console", domain="testserver.local") != "planted-by-somebody"
    attacker = Staff(app)
    attacker.client.cookies.set("console", "planted-by-somebody")
    assert attacker.get("/").status_code == 303


def test_a_session_ends_with_signing_out(staff: Signed, app: Starlette) -> None:
    admin = staff("admin")
    token = admin.client.cookies["console"]
    assert admin.post("/sign-out").status_code == 303
    thief = Staff(app)
    thief.client.cookies.set("console", token)
    assert thief.get("/").status_code == 303


def test_the_database_holds_no_token(staff: Signed, engine: Engine) -> None:
    token = staff("admin").client.cookies["console"]
    with engine.connect() as connection:
        stored = connection.scalars(sa.select(sessions.c.token_hash)).all()
    assert token not in stored


def test_cookies_are_out_of_reach(visitor: Staff, settings, engine) -> None:
    from dataclasses import replace

    from bot.console.app import create_app

    set_cookie = visitor.sign_in("admin").headers.get_list("set-cookie")
    mine = next(line for line in set_cookie if line.startswith("console="))
    assert "httponly" in mine.lower()
    assert "samesite=strict" in mine.lower()
    behind_tls = Staff(create_app(replace(settings, console_secure_cookies=True), engine))
    behind_tls.client.base_url = "https://testserver"
    answer = behind_tls.sign_in("admin")
    mine = next(x for x in answer.headers.get_list("set-cookie") if x.startswith("__Host-console="))
    assert "secure" in mine.lower()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "///evil.example",
        "http:evil.example",
        "",
    ],
)
def test_signing_in_leads_to_no_other_site(target: str, visitor: Staff) -> None:
    assert own_path(target) == "/"
    assert visitor.sign_in("viewer", target=target).headers["location"] == "/"


def test_signing_in_goes_on_to_the_page_asked_for(visitor: Staff) -> None:
    asked = visitor.get("/?language=fr&q=x").headers["location"]
    assert asked == "/sign-in?next=%2F%3Flanguage%3Dfr%26q%3Dx"
    assert visitor.sign_in("viewer", target="/?q=x").headers["location"] == "/?q=x"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\u200b=1", "\n=1"]
)
def test_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    assert safe(text).startswith("'")


def test_the_downloads_carry_no_formula(staff: Signed, said: Callable[..., None]) -> None:
    said('=HYPERLINK("http://evil.example","x")')
    answer = staff("admin").get("/export/conversations.csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    cells = [cell for row in rows[1:] for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_a_form_of_any_size_does_no_harm(staff: Signed) -> None:
    admin = staff("admin")
    assert admin.post("/views", name="x", q="y" * 300_000).status_code == 413


def test_strange_requests_are_not_errors(staff: Signed, said: Callable[..., None]) -> None:
    said("hello")
    admin = staff("admin")
    for path in (
        "/?after=%00",
        "/?after=AAAA",
        "/?since=0001-01-01",
        "/?until=9999-12-31",
        "/audit?before=99999999999999999999999",
        "/gaps?offset=999999999999",
        "/candidates?before=٣",
        "/conversations/web-1?earlier=99999999999999999999",
        "/dashboard?since=2026-13-45&until=x",
        "/dashboard?since=2001-01-01",
    ):
        assert admin.get(path).status_code == 200, path
