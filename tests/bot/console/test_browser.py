"""The console in a real browser: keys, clicks, accessibility, and no patient's script runs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.engine import Engine

from bot.console import accounts, grouping
from bot.console.app import create_app
from bot.console.tables import candidates
from bot.database import open_url, upgrade
from bot.settings import Settings
from bot.transcript_tables import conversations
from tests.bot.console.conftest import PASSWORD
from tests.bot.console.test_gaps import ByFirstLetter
from tests.browser.conftest import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.browser
TABLET = {"width": 820, "height": 1180}
SCRIPT = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def talks(said: Callable[..., None], engine: Engine) -> None:
    """Three conversations: an emergency, a misunderstanding, and one that tries to run a script."""
    said(
        "শ্বাস নিতে পারছি না",
        sender="web-bn",
        kind="emergency",
        red_flag="breathing",
        intent="report_emergency",
        language="bn",
        turn="t1",
        at=1e9 + 30,
    )
    said(
        "does it sting?",
        sender="web-en",
        intent="ask_cost",
        language="en",
        confidence=0.45,
        kind="contact",
        turn="t1",
        at=1e9 + 20,
    )
    said(
        "how long is it?",
        sender="web-en",
        intent="ask_session_duration",
        language="en",
        treatment="glutathione",
        topic="session_duration",
        turn="t2",
        at=1e9 + 25,
    )
    said(SCRIPT, sender="web-evil", kind="fallback", confidence=0.2, at=1e9)
    with engine.begin() as connection:
        row = "UPDATE messages SET ranking = :ranking WHERE text = 'does it sting?'"
        ranking = '[{"name":"ask_cost","confidence":0.45},{"name":"ask_pain","confidence":0.4}]'
        connection.execute(sa.text(row), {"ranking": ranking})
    grouping.group(engine, lambda: ByFirstLetterOrNone())


class ByFirstLetterOrNone(ByFirstLetter):
    def vectors(self, texts, languages):
        return super().vectors(["z" if text[0] == "<" else text for text in texts], languages)


@pytest.fixture
def address(settings: Settings, engine: Engine, talks: None) -> Iterator[str]:
    """The console, served as in life."""
    with engine.begin() as connection:
        accounts.add_user(connection, "nadia", "admin", PASSWORD, "en")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    served = open_url(settings.database_url)
    upgrade(served)
    config = uvicorn.Config(create_app(settings, served), port=port, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
    served.dispose()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """open_page(**options) -> the console's first page, signed in; errors of the page fail."""
    contexts, errors = [], []

    def visit(sign_in: bool = True, **options: object) -> Page:
        context = chromium.new_context(base_url=address, viewport=TABLET, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.goto("/")
        if sign_in:
            page.fill("[name=name]", "nadia")
            page.fill("[name=password]", PASSWORD)
            page.click("main button")
            page.wait_for_selector(".counts")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def stored(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(candidates.c.text, candidates.c.intent))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("language", ["en", "bn", "fr", "zh"])
def test_no_page_has_an_axe_violation(language: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.select_option("[name=language] >> nth=0", language)
    page.wait_for_selector(f"html[lang={language}]")
    for path in (
        "/",
        "/?language=en&q=sting",
        "/conversations/web-en",
        "/conversations/web-bn",
        "/candidates",
        "/gaps",
        "/gaps/1",
        "/dashboard?since=2001-09-01&until=2001-09-30",
        "/privacy",
        "/audit",
        "/users",
    ):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((box) => (box.open = true))")
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"


def test_the_pages_before_signing_in_are_accessible(open_page, engine: Engine) -> None:
    page = open_page(sign_in=False)
    assert_accessible(page)
    with engine.begin() as connection:
        token = accounts.new_link(connection, "viewer")
    page.goto(f"/setup/{token}")
    assert_accessible(page)
    page.fill("[name=name]", "karim")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("main button")
    page.wait_for_selector(".counts")
    assert page.locator("nav >> text=Staff").count() == 0


def test_from_a_wrong_answer_to_a_candidate_in_two_keys(open_page, engine: Engine) -> None:
    page = open_page()
    page.goto("/conversations/web-en")
    page.keyboard.press("w")
    with page.expect_navigation():
        page.keyboard.press("1")
    assert stored(engine) == [("does it sting?", "ask_pain")]
    assert page.locator(".turn.current").get_attribute("id") == "turn-t1"


def test_from_a_wrong_answer_to_a_candidate_in_two_clicks_without_a_script(
    open_page, engine: Engine
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/conversations/web-en")
    page.click("#turn-t1 details.wrong summary")
    page.click("#turn-t1 [data-number='1']")
    assert stored(engine) == [("does it sting?", "ask_pain")]


def test_reviewing_by_keys_alone(open_page, engine: Engine) -> None:
    page = open_page()
    page.goto("/conversations/web-bn")
    with page.expect_navigation():
        page.keyboard.press("n")
    assert page.url.endswith("/conversations/web-en")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "turn-t2"
    with page.expect_navigation():
        page.keyboard.press("r")
    assert stored(engine) == [("how long is it?", "ask_session_duration")]
    page.keyboard.press("k")
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.name") == "intent"
    page.keyboard.press("e")  # typed into the list, not a command
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("e")
    page.keyboard.press("?")
    assert page.locator("details.keys").get_attribute("open") is not None
    with engine.connect() as connection:
        state = sa.select(conversations.c.review_state).where(conversations.c.id == "web-en")
        assert connection.scalar(state) == "reviewed"


def test_an_emergency_is_on_top_until_somebody_has_seen_to_it(open_page) -> None:
    page = open_page()
    page.click(".urgent td a")
    page.click("text=I have seen to it")
    page.wait_for_selector("text=Emergency acknowledged")
    page.click("text=← Inbox")
    page.wait_for_selector(".counts")
    assert page.locator(".urgent").count() == 0


def test_filters_search_and_saved_views(open_page) -> None:
    page = open_page()
    page.click("summary >> text=Filters")
    page.fill("[name=q]", "STING")
    page.click("#filters button")
    page.wait_for_url("**/?q=STING")
    assert page.locator("table.list tbody tr").count() == 1
    page.fill("[name=name]", "Stings")
    page.click("text=Save this view")
    page.wait_for_selector("text=The view is saved.")
    page.goto("/")
    page.click("text=Stings")
    page.wait_for_url("**/?q=STING")


def test_from_the_dashboard_to_the_conversations_behind_a_number(open_page) -> None:
    page = open_page()
    page.goto("/dashboard?since=2001-09-01&until=2001-09-30")
    page.click(".tiles .emergency a")
    page.wait_for_selector(".counts")
    assert page.locator("section.card:not(.urgent) tbody tr").count() == 1


def test_candidates_are_decided_and_downloaded(open_page, tmp_path: Path) -> None:
    page = open_page()
    page.goto("/conversations/web-en")
    with page.expect_navigation():
        page.keyboard.press("r")
    page.goto("/candidates")
    page.click("button >> text=To training")
    page.wait_for_selector("text=Nothing here")
    with page.expect_download() as download:
        page.click("text=Download decided sentences")
    assert download.value.suggested_filename.endswith(".zip")


def test_a_person_is_erased_after_asking_again(open_page, engine: Engine) -> None:
    page = open_page()
    page.goto("/privacy")
    page.fill("[name=who] >> nth=-1", "web-en")
    page.click("text=Find to erase")
    page.wait_for_selector("text=It cannot be undone")
    page.click("text=Erase for good")
    page.wait_for_selector("text=Erased.")
    with engine.connect() as connection:
        assert "web-en" not in connection.scalars(sa.select(conversations.c.id)).all()


def test_nothing_that_a_patient_writes_runs(open_page) -> None:
    page = open_page()
    for path in ("/", "/conversations/web-evil", "/gaps", "/audit"):
        page.goto(path)
        page.wait_for_timeout(200)
        assert page.evaluate("window.hacked") is None
    page.goto("/conversations/web-evil")
    assert "<script>" in page.locator(".patient").inner_text(), "it is shown as text"
