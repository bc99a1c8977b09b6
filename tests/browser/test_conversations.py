"""Whole conversations in each language, on a phone and on a desktop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, picture
from tests.browser.places import Bot

QUESTIONS = {
    "en": "How long does one session take?",
    "bn": "একটি সেশন কতক্ষণ লাগে?",
    "fr": "Combien de temps dure une séance ?",
    "zh": "每次治疗需要多长时间？",
}
DANGER = {
    "en": "I cannot breathe",
    "bn": "শ্বাস নিতে পারছি না",
    "fr": "je ne respire plus",
    "zh": "我呼吸困难",
}
SOURCES = {
    "en": "Session Duration",
    "bn": "সেশন সময়কাল",
    "fr": "Session Duration",
    "zh": "Session Duration",
}


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("language", ["en", "bn", "fr", "zh"])
def test_a_conversation(visit: Visit, language: str, size: str) -> None:
    chat = visit(size, language).open()
    name = f"conversation-{language}-{size}"
    expect(chat("dialog")).to_have_attribute("lang", language)
    expect(chat(".choices button")).to_have_count(8)  # four treatments, four ways on
    picture(chat.page, f"{name}-greeting")

    answer = chat.ask(QUESTIONS[language])
    expect(answer.locator(".bubble")).to_have_attribute("lang", language)
    expect(answer.locator("ul").first.locator("li")).to_have_count(2)
    expect(answer.locator("ol li")).to_have_count(2)
    expect(chat(".choices button")).to_have_count(3)
    expect(answer.locator("details li")).to_be_hidden()
    answer.locator("summary").click()
    expect(answer.locator("details li")).to_contain_text(SOURCES[language])
    assert answer.locator(".bubble > p").count() == 2, "the source is told once, where it unfolds"
    picture(chat.page, f"{name}-answer")

    urgent = chat.ask(DANGER[language])
    expect(urgent).to_have_class(re.compile("urgent"))
    expect(urgent.locator("a.call").first).to_have_attribute("href", "tel:999")
    picture(chat.page, f"{name}-emergency")


def test_greeting_says_that_it_is_a_machine(visit: Visit) -> None:
    chat = visit().open()
    greeting = chat(".log > .bot").first
    expect(greeting).to_contain_text("automated assistant")
    expect(greeting.locator("a[href='tel:999']")).to_be_visible()


def test_choices_lead_on(visit: Visit) -> None:
    chat = visit("phone").open()
    chat.press("Glutathione")
    expect(chat.questions.last).to_contain_text("Glutathione")
    chat.press("Side effects")
    expect(chat.questions).to_have_count(2)
    chat.option("Talk to a person")
    answer = chat.answers.nth(2)
    expect(answer.locator("a.call")).to_have_attribute("href", "tel:+8801000000000")


def test_language_menu_changes_window_and_bot(visit: Visit) -> None:
    chat = visit().open()
    chat("select").select_option("fr")
    expect(chat("h2")).to_have_text("Une question ?")
    expect(chat(".log")).to_contain_text("assistant automatique")
    answer = chat.ask("glutathione")
    expect(answer.locator(".bubble")).to_have_attribute("lang", "fr")
    before = chat.answers.count()
    chat("select").select_option("zh")
    expect(chat("#field")).to_have_attribute("placeholder", re.compile("[\u4e00-\u9fff]"))
    expect(chat.answer(before).locator(".bubble")).to_have_attribute("lang", "zh")
    expect(chat("select")).to_be_enabled()


def test_the_window_follows_the_patients_language(visit: Visit) -> None:
    chat = visit().open()
    chat.ask(QUESTIONS["bn"])
    expect(chat("dialog")).to_have_attribute("lang", "bn")
    expect(chat("select")).to_have_value("bn")
    expect(chat.questions.first.locator(".bubble")).to_have_attribute("lang", "bn")


def test_verdicts_with_a_reason(visit: Visit, bot: Bot) -> None:
    chat = visit("phone").open()
    answer = chat.ask(QUESTIONS["en"])
    up = answer.get_by_role("button", name="Yes, this was helpful")
    down = answer.get_by_role("button", name="No, this was not helpful")
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(answer.locator(".thanks")).to_have_text("Thank you for telling us.")
    with chat.page.expect_response("**/chat/feedback") as told:
        down.click()
    assert told.value.ok
    expect(up).to_have_attribute("aria-pressed", "false")
    answer.locator("textarea").fill("the price is missing")
    with chat.page.expect_response("**/chat/feedback") as told:
        answer.get_by_role("button", name="Send comment").click()
    assert told.value.ok
    assert '"reason":"the price is missing"' in (told.value.request.post_data or "")
    expect(answer.locator("form")).to_have_count(0)


def test_a_new_conversation(visit: Visit, bot: Bot) -> None:
    chat = visit().open()
    chat.ask(QUESTIONS["en"])
    chat.option("Start a new conversation")
    chat(".options").get_by_role("button", name="Cancel").click()
    expect(chat.answers).to_have_count(1)
    chat.option("Start a new conversation")
    chat(".options").get_by_role("button", name="Start again").click()
    expect(chat.answers).to_have_count(0)
    expect(chat(".choices button")).to_have_count(8)
    chat.ask("hello")
    first, second = (note["conversation"] for note in bot.heard[-2:])
    assert first != second


def test_erasing_a_conversation(visit: Visit) -> None:
    chat = visit().open()
    chat.ask(QUESTIONS["en"])
    token = chat.page.evaluate("() => JSON.parse(Object.values(sessionStorage)[0]).token")
    chat.option("Erase my conversation")
    picture(chat.page, "erase-question")
    chat(".options").get_by_role("button", name="Erase", exact=True).click()
    expect(chat(".banner")).to_have_text("Your conversation has been erased.")
    expect(chat.answers).to_have_count(0)
    left = chat.page.evaluate(
        "token => fetch('chat/messages', {headers: {Authorization: 'Bearer ' + token}})"
        ".then(answer => answer.json())",
        token,
    )
    assert left == {"messages": []}
    chat.ask("hello")


def test_copying(visit: Visit) -> None:
    chat = visit(permissions=["clipboard-read", "clipboard-write"]).open()
    chat.ask(QUESTIONS["en"])
    chat.option("Copy the conversation")
    expect(chat(".banner")).to_have_text("The conversation has been copied.")
    text = chat.page.evaluate("() => navigator.clipboard.readText()")
    assert text.startswith("You: How long does one session take?\n\nAssistant: One Glutathione")
    assert text.endswith("Session Duration")


def test_printing(visit: Visit) -> None:
    note = "window.print = () => top.printed = [window === top, document.body.textContent];"
    chat = visit(script=note).open()
    chat.ask(QUESTIONS["en"])
    chat.option("Print the conversation")
    whole_page, text = chat.page.evaluate("() => top.printed")
    assert not whole_page
    assert text.startswith("You: How long does one session take?Assistant: One Glutathione")
    assert "Our treatments" not in text


def test_a_message_that_is_too_long(visit: Visit, bot: Bot) -> None:
    chat = visit("phone").open()
    field = chat("#field")
    field.fill("x" * 950)
    expect(chat(".left")).to_have_text("50 characters left")
    before = len(bot.heard)
    field.fill("x" * 1001)
    field.press("Enter")
    expect(chat(".left")).to_contain_text("too long")
    assert len(bot.heard) == before
    assert len(field.input_value()) == 1001, "what was typed is not lost"


def test_a_long_answer_starts_at_its_beginning(visit: Visit) -> None:
    chat = visit("phone").open()
    answer = chat.ask("say " + " ".join(f"word{i}" for i in range(130)))
    box, scroll = answer.bounding_box(), chat(".scroll").bounding_box()
    assert box
    assert scroll
    assert box["height"] > scroll["height"] * 0.7
    assert scroll["y"] - 1 <= box["y"] < scroll["y"] + 100


def test_enter_confirms_a_word_in_an_input_method(visit: Visit) -> None:
    chat = visit().open()
    chat("#field").fill("谷胱")
    chat("#field").evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    expect(chat.questions).to_have_count(0)
    chat("#field").press("Shift+Enter")
    expect(chat.questions).to_have_count(0)


def test_an_opened_page_keeps_its_focus(visit: Visit, bot: Bot) -> None:
    chat = visit().open()
    chat.ask("hello")
    chat.reload()
    expect(chat("dialog")).to_be_visible()
    assert chat.page.evaluate("() => document.activeElement === document.body")
    chat.page.set_viewport_size({"width": 360, "height": 740})
    chat("#field").focus()
    chat.page.set_viewport_size({"width": 1280, "height": 800})
    expect(chat("#field")).to_be_focused()


def test_moved_and_taken_off_the_page(visit: Visit) -> None:
    chat = visit().open()
    chat.ask("say one")
    chat.page.evaluate(
        "() => document.querySelector('main').append(document.querySelector('clinic-chat'))"
    )
    expect(chat.answers).to_have_count(1)
    chat.page.evaluate(
        """() => {
          window.kept = document.querySelector('clinic-chat');
          kept.remove();
          return new Promise(resolve => setTimeout(resolve, 50));
        }"""
    )
    chat.page.evaluate("() => document.body.append(kept)")
    expect(chat.answers).to_have_count(1)
    chat.ask("say two")
