"""What a page, a message or a website must not be able to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect

from bot.channels.web_assets import FOLDER
from tests.browser.conftest import Visit
from tests.browser.places import Bot, Site

ATTACKS = [
    "<img src=x onerror=top.hacked=1>",
    "<script>top.hacked=1</script>",
    "<svg onload=top.hacked=1>",
    '"><iframe srcdoc="<script>top.hacked=1</script>"></iframe>',
    "javascript:top.hacked=1",
    "<a href='javascript:top.hacked=1'>press</a>",
    "[press](javascript:top.hacked=1)",
    "{{constructor.constructor('top.hacked=1')()}}",
    "${top.hacked=1}",
    "- <b onmouseover=top.hacked=1>item</b>\n1. <style>*{display:none}</style>",
    "\u202egnp.exe\u2066",
    "</textarea></template><details open ontoggle=top.hacked=1>",
]

# Every element that the log is made of.
DRAWN = {"div", "span", "p", "b", "br", "ul", "ol", "li", "a"}
DRAWN |= {"details", "summary", "cite", "button", "svg", "path"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_messages_is_text(visit: Visit, attack: str) -> None:
    chat = visit().open()
    answer = chat.ask(f"say {attack}")
    expect(chat.questions.last.locator(".bubble")).to_have_text(f"say {attack}")
    for line in attack.split("\n"):
        expect(answer).to_contain_text(line.removeprefix("- ").removeprefix("1. "))
    tags = chat(".log").evaluate(
        "log => [...new Set([...log.querySelectorAll('*')].map(node => node.localName))]"
    )
    assert set(tags) <= DRAWN
    assert chat.page.evaluate("() => top.hacked") is None


def test_markup_in_the_record_and_in_the_clinics_texts_is_text(visit: Visit) -> None:
    """As if the knowledge base itself held it: sources, buttons, words of the window."""
    attack = "<img src=x onerror=top.hacked=1>"

    def spoil(route: Route) -> None:
        answer = route.fetch()
        if "strings" in route.request.url:
            texts = answer.json()
            texts["strings"] = {key: text + attack for key, text in texts["strings"].items()}
            for part in (texts["menu"], texts["treatments"], texts["languages"]):
                for item in part:
                    item["title"] = item["name"] = attack
            texts["contact"] = dict.fromkeys(texts["contact"], attack)
            return route.fulfill(response=answer, json=texts)
        body = answer.json()
        for message in body.get("messages", ()):
            message["buttons"] = [{"title": attack, "payload": attack}]
            source = {"document": attack, "section": attack, "language": attack}
            message["answer"] |= {"kind": "emergency", "sources": [source]}
        return route.fulfill(response=answer, json=body)

    chat = visit()
    chat.page.route(re.compile("/chat/(strings|messages)"), spoil)
    chat.reload()
    chat.open()
    answer = chat.ask("how long?")
    answer.locator("summary").click()
    expect(answer.locator("cite")).to_have_text(attack)
    expect(chat(".choices button")).to_have_text(attack)
    assert chat("a").count() == 0, "what is no number becomes no link"
    chat(".head .more").click()
    assert chat("img").count() == 0
    assert chat.page.evaluate("() => top.hacked") is None


def test_nothing_is_stored_before_the_chat_is_opened(visit: Visit) -> None:
    chat = visit()
    assert chat.stored() == {"session": {}, "local": {}, "cookie": ""}
    chat.open()
    chat.ask("how long?")
    stored = chat.stored()
    assert list(stored["session"]) == [f"clinic-chat {chat.url.partition('?')[0]}chat/"]
    assert stored["local"] == {}
    assert stored["cookie"] == ""
    assert chat.page.context.cookies() == []
    chat.option("Erase my conversation")
    chat(".options").get_by_role("button", name="Erase", exact=True).click()
    expect(chat(".banner")).to_have_text("Your conversation has been erased.")
    [kept] = chat.stored()["session"].values()
    state = json.loads(kept)
    assert state["token"] is None
    assert state["entries"] == []


def test_no_secret_in_an_address_and_nobody_else_is_asked(visit: Visit, bot: Bot) -> None:
    chat = visit().open()
    chat.ask("how long?")
    token = chat.page.evaluate("() => JSON.parse(Object.values(sessionStorage)[0]).token")
    chat.reload()
    chat.ask("a private question")
    assert {urlsplit(url).netloc for url in chat.requests} == {urlsplit(bot.url).netloc}
    assert not [url for url in chat.requests if token in url or "private" in url]


STRICT = (
    "default-src 'none'; script-src {bot}; connect-src {bot}; style-src 'none'; img-src 'none';"
    " frame-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
EMBEDDED = """<!doctype html><html lang="fr"><title>A clinic</title><h1>A clinic</h1>
<script src="{bot}/chat/widget.js" data-color="#ffd166" data-position="left" data-title="Bonjour"
 data-theme="dark" async></script></html>"""


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[tuple[Site, Bot]]:
    """A clinic's website with a strict policy, and a bot that lets it embed the chat."""
    site = Site()
    bot = Bot(tmp_path / "embedded", web_allowed_origins=site.url).start()
    site.page = EMBEDDED.format(bot=bot.url)
    site.headers = {"Content-Security-Policy": STRICT.format(bot=bot.url)}
    yield site, bot
    bot.stop()
    site.close()


def test_one_line_on_a_clinics_page(visit: Visit, clinic: tuple[Site, Bot]) -> None:
    site, _ = clinic
    chat = visit(url=site.url).open()
    expect(chat("h2")).to_have_text("Bonjour")
    expect(chat("dialog")).to_have_attribute("lang", "fr")
    box = chat("dialog").bounding_box()
    assert box
    assert box["x"] < 40
    header = chat(".head")
    assert header.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(255, 209, 102)"
    assert header.evaluate("node => getComputedStyle(node).color") == "rgb(0, 0, 0)"
    ground = chat("dialog").evaluate("node => getComputedStyle(node).backgroundColor")
    assert ground == "rgb(20, 27, 26)"
    answer = chat.ask("Combien de temps dure une séance ?")
    expect(answer).to_contain_text("15")
    chat.reload()
    expect(chat.answers).to_have_count(1)
    # Another website puts the same line on its page.
    stranger = Site(site.page)
    other = visit(url=stranger.url, wait=False)
    other.expected += ["CORS policy", "ERR_FAILED", "403"]
    other.page.wait_for_selector("clinic-chat", state="attached")
    other.page.wait_for_timeout(1000)
    expect(other(".launcher")).to_have_count(0)
    stranger.close()


def test_policies_do_their_work(chromium: Browser, bot: Bot) -> None:
    """The pages' policies would have stopped what the other tests look for."""
    context = chromium.new_context()
    page = context.new_page()
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text))
    page.goto(f"{bot.url}/?lang=en")
    blocked = page.evaluate(
        """() => new Promise(resolve => {
          addEventListener('securitypolicyviolation', event => resolve(event.violatedDirective));
          const image = document.createElement('img');
          image.src = 'https://tracker.invalid/x.png';
          document.body.append(image);
        })"""
    )
    assert blocked == "img-src"
    with pytest.raises(Exception, match="TrustedHTML"):
        page.evaluate("() => { document.body.innerHTML = '<b>x</b>'; }")
    context.close()
    assert any("Content Security Policy" in text for text in seen)


@pytest.mark.parametrize("path", sorted((FOLDER / "widget").glob("*.js")), ids=lambda p: p.name)
def test_no_way_to_make_markup_of_text(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    ways = r"innerHTML|outerHTML|insertAdjacent|document\.write|srcdoc|DOMParser|eval\(|Function\("
    assert not re.search(ways, source)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", source)
    assert "localStorage" not in source
    assert "document.cookie" not in source
