"""The chat as a patient handles it: open, write, press, read."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

TIME = """async text => {
  const root = document.querySelector('clinic-chat').shadowRoot;
  const field = root.querySelector('#field');
  const log = root.querySelector('.log');
  const answers = log.querySelectorAll('.bot').length;
  const start = performance.now();
  field.value = text;
  field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
  await new Promise(resolve => {
    const watch = new MutationObserver(() => {
      if (log.querySelectorAll('.bot').length === answers) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(resolve));
    });
    watch.observe(log, {childList: true});
  });
  return performance.now() - start;
}"""


class Chat:
    """One tab with the chat. `expected` are patterns of messages that the test brings about."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.expected: list[str] = []
        self._seen: list[str] = []
        page.on("pageerror", lambda error: self._seen.append(f"script: {error}"))
        page.on("console", self._console)
        self.requests: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._seen.append(f"console: {message.text} {message.location.get('url')}")

    @property
    def troubles(self) -> list[str]:
        return [seen for seen in self._seen if not any(re.search(p, seen) for p in self.expected)]

    def load(self, wait: bool = True) -> None:
        self.page.goto(self.url)
        if wait:
            self.ready()

    def ready(self) -> None:
        self.page.wait_for_selector("clinic-chat[ready]", state="attached")

    def reload(self) -> None:
        self.page.reload()
        self.ready()

    def __call__(self, selector: str) -> Locator:
        return self.page.locator("clinic-chat").locator(selector)

    def open(self) -> Chat:
        self(".launcher").click()
        expect(self("dialog")).to_be_visible()
        return self

    def write(self, text: str) -> None:
        """Type and send, without waiting for the answer."""
        self("#field").fill(text)
        self("#field").press("Enter")

    def ask(self, text: str) -> Locator:
        """Send a message and return its answer."""
        before = self.answers.count()
        self.write(text)
        return self.answer(before)

    def press(self, title: str) -> Locator:
        """Press one of the choices and return the answer to it."""
        before = self.answers.count()
        self(".choices").get_by_role("button", name=title, exact=True).click()
        return self.answer(before)

    def answer(self, before: int) -> Locator:
        expect(self.answers).to_have_count(before + 1)
        return self.answers.nth(before)

    def time(self, text: str) -> float:
        """Send a message; the milliseconds from Enter to the drawn answer."""
        taken: float = self.page.evaluate(TIME, text)
        return taken

    @property
    def answers(self) -> Locator:
        """The bot's answers, without the greeting, which is the first bubble of the log."""
        return self(".log > .bot:not(:first-child)")

    @property
    def questions(self) -> Locator:
        return self(".log > .you")

    def option(self, title: str) -> None:
        """Choose from the menu behind the three dots."""
        self(".head .more").click()
        self(".options").get_by_role("button", name=title, exact=True).click()

    def stored(self) -> dict[str, Any]:
        """Everything that this site keeps in the browser."""
        kept: dict[str, Any] = self.page.evaluate(
            "() => ({session: {...sessionStorage}, local: {...localStorage},"
            " cookie: document.cookie})"
        )
        return kept
