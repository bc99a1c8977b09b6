"""The trained bot behind the chat: right, sourced answers in each language, soon enough."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.answer_time import expect_quick_answers
from tests.browser.conftest import Visit, picture
from tests.browser.places import RealBot

pytestmark = pytest.mark.trained

QUESTIONS = {
    "en": ("How long does one glutathione session take?", ["15", "30"]),
    "bn": ("গ্লুটাথায়নের একটি সেশনে কতক্ষণ লাগে?", ["১৫", "৩০"]),
    "fr": ("Combien de temps dure une séance de glutathion ?", ["15", "30"]),
    "zh": ("谷胱甘肽一次治疗要多长时间？", ["15", "30"]),
}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    bot = RealBot(tmp_path_factory.mktemp("real"), request.config.getoption("--model"))
    yield bot.url
    bot.stop()


@pytest.mark.parametrize("language", list(QUESTIONS))
def test_a_right_answer_with_its_source(visit: Visit, real: str, language: str) -> None:
    question, numbers = QUESTIONS[language]
    chat = visit("phone", url=f"{real}/?lang={language}").open()
    answer = chat.ask(question)
    for number in numbers:
        expect(answer).to_contain_text(number)
    expect(answer.locator(".bubble")).to_have_attribute("lang", language)
    answer.locator("summary").click()
    expect(answer.locator("details li").first).to_be_visible()
    sources = answer.locator("cite").all_inner_texts()
    assert sources
    text = answer.locator(".bubble > p").all_inner_texts()
    assert not any(source in paragraph for source in sources for paragraph in text)
    picture(chat.page, f"trained-{language}")
    assert chat(".choices button").count() >= 1
    chat(".choices button").first.click()
    expect(chat.answers).to_have_count(2)


def test_every_button_of_the_window_is_understood(visit: Visit, real: str) -> None:
    chat = visit(url=f"{real}/?lang=en").open()
    menu = chat(".choices button").all_inner_texts()
    for title in menu:
        before = chat.answers.count()
        chat.option(title)
        expect(chat.answer(before)).not_to_contain_text("did not understand")
    chat("select").select_option("fr")
    expect(chat.answers.last.locator(".bubble")).to_have_attribute("lang", "fr")
    expect(chat.ask("glutathione").locator(".bubble")).to_have_attribute("lang", "fr")


def test_the_windows_language_wins_over_detection(visit: Visit, real: str) -> None:
    chat = visit(url=f"{real}/?lang=en").open()
    chat("select").select_option("zh")
    answer = chat.ask("How long does one glutathione session take?")
    expect(answer.locator(".bubble")).to_have_attribute("lang", "zh")


def test_an_emergency_shows_whom_to_call(visit: Visit, real: str) -> None:
    chat = visit("phone", url=f"{real}/?lang=en").open()
    answer = chat.ask("I cannot breathe since the injection")
    expect(answer.locator("a.call").first).to_have_attribute("href", "tel:999")
    picture(chat.page, "trained-emergency")


def test_erasing_what_the_trained_bot_was_told(visit: Visit, real: str) -> None:
    chat = visit(url=f"{real}/?lang=en").open()
    chat.ask("How long does one glutathione session take?")
    chat.option("Erase my conversation")
    chat(".options").get_by_role("button", name="Erase", exact=True).click()
    expect(chat(".banner")).to_have_text("Your conversation has been erased.")


def test_send_to_rendered(visit: Visit, real: str) -> None:
    chat = visit("desktop", url=f"{real}/?lang=en").open()
    chat.ask("hello")
    questions = ["what is glutathione", "is it safe", "how many sessions", "does it hurt"]
    expect_quick_answers(chat, questions)
