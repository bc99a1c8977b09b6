"""Who may embed the chat, what its pages may load, and what the browser is told about both."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from bot.channels.web_headers import CONTENT_SECURITY_POLICY
from bot.settings import SettingError, Settings
from tests.bot.channels.web.server import Running, code, running

EMBEDDER = "https://clinic.example"
PATHS = ("session", "messages", "feedback", "forget", "strings/en")


@pytest.mark.parametrize("path", PATHS)
async def test_a_named_site_may_call(web: Running, path: str) -> None:
    answer = await web.client.options(
        f"/chat/{path}",
        headers={"Origin": EMBEDDER, "Access-Control-Request-Method": "POST"},
    )
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == EMBEDDER
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "https://clinic.example.evil.example", "null", "http://[", ""],
)
@pytest.mark.parametrize("path", PATHS)
async def test_another_site_may_not(web: Running, path: str, origin: str) -> None:
    answer = await web.client.options(f"/chat/{path}", headers={"Origin": origin})
    assert answer.status_code == 403
    assert code(answer) == "origin_not_allowed"
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_refusal_can_be_read_by_the_embedding_page(web: Running) -> None:
    answer = await web.client.post("/chat/messages", headers={"Origin": EMBEDDER})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == EMBEDDER


async def test_the_bots_own_page_may_call(changed: Callable[..., Settings]) -> None:
    async with running(changed(public_url="https://bot.example/help")) as web:
        for origin in (str(web.client.base_url), "https://bot.example"):
            answer = await web.client.post("/chat/session", headers={"Origin": origin})
            assert answer.status_code == 200
            assert "Access-Control-Allow-Origin" not in answer.headers


async def test_the_page_is_locked_up(web: Running) -> None:
    answer = await web.client.get("/")
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    assert answer.text.count("<script") == answer.text.count("<script src=") == 1


async def test_any_page_may_load_the_script(web: Running) -> None:
    answer = await web.client.get("/chat/widget.js", headers={"Origin": "https://any.example"})
    assert answer.status_code == 200
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/", "/chat/widget.js", "/chat/page.css", "/chat/strings/en"])
async def test_files_are_sent_small_and_only_when_changed(web: Running, path: str) -> None:
    whole = await web.client.get(path, headers={"Accept-Encoding": "identity"})
    small = await web.client.get(path, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.content == whole.content  # httpx unpacks
    assert len(gzip.compress(whole.content)) < len(whole.content)
    again = await web.client.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert (await web.client.head(path)).status_code == 200


@pytest.mark.parametrize(
    ("asked", "browser", "given"),
    [
        ("fr", "", "fr"),
        ("", "zh-Hans-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("de", "bn-BD", "bn"),
        ("", "", "en"),
    ],
)
async def test_the_page_speaks_the_visitors_language(
    web: Running, asked: str, browser: str, given: str
) -> None:
    headers = {"Accept-Language": browser}
    answer = await web.client.get("/", params={"lang": asked}, headers=headers)
    assert f'<html lang="{given}">' in answer.text


@pytest.mark.parametrize(
    ("asked", "given"), [("fr-CA", "fr"), ("bn-latn", "bn-Latn"), ("zh-TW", "zh"), ("de", "en")]
)
async def test_the_window_speaks_the_nearest_language(web: Running, asked: str, given: str) -> None:
    answer = await web.client.get(f"/chat/strings/{asked}")
    assert answer.json()["language"] == given


async def test_unknown_paths_and_methods_are_refused_in_json(web: Running) -> None:
    assert code(await web.client.get("/chat/nothing")) == "not_found"
    assert code(await web.client.put("/chat/messages")) == "method_not_supported"
    assert code(await web.client.get("/webhooks/rest/webhook")) == "not_found"
    assert code(await web.client.get("/conversations/x/tracker")) == "not_found"
    assert code(await web.client.put("/model")) == "not_found"


def test_a_proxy_setting_that_is_none_is_refused(changed: Callable[..., Settings]) -> None:
    from bot.channels.web_limits import trusted_proxies

    with pytest.raises(SettingError, match="TRUSTED_PROXIES"):
        trusted_proxies(changed(trusted_proxies="10.0.0.1, proxy"))
