"""A browser, a bot to talk to, and a page on which nothing may go wrong unseen."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chat import Chat
from tests.browser.places import Bot

ARTEFACTS = Path(__file__).resolve().parents[1] / "artefacts" / "browser"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 360, "height": 740},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


# A browser for each module: its event loop must not run while other tests need theirs.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    bot = Bot(tmp_path_factory.mktemp("bot")).start()
    yield bot
    bot.stop()


Visit = Callable[..., Chat]


@pytest.fixture
def visit(chromium: Browser, bot: Bot, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """visit(size, language="en", **context options) -> the bot's page with its chat.

    An error of a script, a violation of the Content-Security-Policy or a request to anybody else
    fails the test, unless `chat.expected` names it; a failing test leaves a picture.
    """
    contexts: list[BrowserContext] = []
    chats: list[Chat] = []

    def begin(
        size: str = "desktop",
        language: str = "en",
        url: str | None = None,
        script: str | None = None,
        wait: bool = True,
        **options: Any,
    ) -> Chat:
        settings = {**SIZES[size], "reduced_motion": "reduce", **options}
        context = chromium.new_context(**settings)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if script:
            context.add_init_script(script)
        chat = Chat(context.new_page(), url or f"{bot.url}/?lang={language}")
        chats.append(chat)
        chat.load(wait)
        return chat

    yield begin
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    troubles = [trouble for chat in chats for trouble in chat.troubles]
    if troubles or request.node.stash.get(FAILED, True):
        for number, chat in enumerate(chats):
            picture(chat.page, f"failed-{name}-{number}")
    for context in contexts:
        context.close()
    assert troubles == []


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, to be reviewed by eye."""
    if not page.is_closed():
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"{name}.png")
