"""How much a page loads for the chat, and how soon a patient can ask and is answered."""

from __future__ import annotations

import gzip
import urllib.request
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.answer_time import BUSY, expect_quick_answers
from tests.browser.conftest import Visit
from tests.browser.places import Bot

LARGEST = 20 * 1024  # bytes, gzipped: script, style and the words of one language
READY_MS = 300  # from the start of the page to the field that takes the first letter


def test_size_and_requests(visit: Visit, bot: Bot) -> None:
    chat = visit().open()
    loaded = [urlsplit(url).path for url in chat.requests]
    assert [path for path in loaded if path.endswith((".js", ".css")) and "page" not in path] == [
        "/chat/widget.js"
    ]
    sizes = {}
    for path in ("/chat/widget.js", "/chat/strings/en", "/chat/strings/bn"):
        request = urllib.request.Request(bot.url + path, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            sent = answer.read()
            assert len(gzip.decompress(sent)) > len(sent)
            sizes[path] = len(sent)
    total = sizes["/chat/widget.js"] + max(sizes["/chat/strings/en"], sizes["/chat/strings/bn"])
    print(f"\ngzipped: {sizes}, script and words together {total} bytes (bar: {LARGEST})")
    assert total <= LARGEST


def test_first_interaction(visit: Visit) -> None:
    times = []
    for _ in range(5):
        chat = visit("phone")
        times.append(
            chat.page.evaluate(
                """async () => {
                  const chat = document.querySelector('clinic-chat');
                  const ready = performance.getEntriesByName('clinic-chat ready')[0].startTime;
                  const start = performance.now();
                  chat.shadowRoot.querySelector('.launcher').click();
                  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
                  return ready + performance.now() - start;
                }"""
            )
        )
        expect(chat("#field")).to_be_editable()
    print(f"\nfirst interaction, ms: {sorted(round(time) for time in times)} (bar: {READY_MS})")
    # The fastest: what slows the others down is whatever else the machine has to do.
    assert min(times) <= BUSY * READY_MS


def test_send_to_rendered(visit: Visit) -> None:
    chat = visit().open()
    chat.ask("hello")
    expect_quick_answers(chat, ["How long does one session take?"])
