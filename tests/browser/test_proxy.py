"""The chat behind nginx, set up with the very lines of docs/website.md."""

from __future__ import annotations

import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.places import HOST, ROOT, Bot, free_port, wait_for

AROUND = """
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    server {{
        listen {host}:{port};
        location = /up {{ return 200; }}
        {lines}
    }}
}}
"""


def documented() -> str:
    text = (ROOT / "docs/website.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- nginx -->\n```nginx\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[str]:
    """The address of nginx, before a bot that trusts it; an address may ask four times a minute."""
    bot = Bot(tmp_path / "bot", trusted_proxies=HOST, web_rate_per_minute_address=4).start()
    port = free_port()
    lines = documented().replace("127.0.0.1:5005", f"{HOST}:{bot.port}")
    (tmp_path / "nginx.conf").write_text(
        AROUND.format(folder=tmp_path, host=HOST, port=port, lines=lines)
    )
    command = ["nginx", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
    nginx = subprocess.Popen(command)
    try:
        wait_for(f"http://{HOST}:{port}/up", 10, nginx)
        yield f"http://{HOST}:{port}/help/"
    finally:
        nginx.terminate()
        nginx.wait(10)
        bot.stop()


def session(address: str, client: str, forwarded: str) -> int:
    """Ask for a session from one of this machine's own addresses; the status of the answer."""
    parts = urlsplit(address)
    assert parts.hostname
    connection = HTTPConnection(parts.hostname, parts.port, source_address=(client, 0))
    headers = {"X-Forwarded-For": forwarded}
    connection.request("POST", f"{parts.path}chat/session", body=b"{}", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_behind_nginx_under_a_path(visit: Visit, proxied: str) -> None:
    chat = visit("phone", url=f"{proxied}?lang=fr").open()
    answer = chat.ask("Combien de temps dure une séance ?")
    expect(answer).to_contain_text("15")
    chat.reload()
    expect(chat.answers).to_have_count(1)
    assert all(url.startswith(proxied) for url in chat.requests)
    for closed in ("ready", "health"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(proxied + closed)


def test_limits_count_patients_and_not_nginx(proxied: str) -> None:
    def ask_from(client: str) -> list[int]:
        return [session(proxied, client, f"203.0.113.{number}") for number in range(5)]

    # What a patient claims about herself counts for nothing; another one has her own count.
    assert ask_from("127.0.0.2") == [200] * 4 + [429]
    assert ask_from("127.0.0.3") == [200] * 4 + [429]
