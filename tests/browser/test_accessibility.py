"""WCAG 2.2 AA: axe finds nothing, the keyboard does everything, screen readers are told."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, picture

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
# The smallest that a finger hits, in CSS pixels (WCAG 2.5.8 asks for 24).
TOUCH = 44


def violations(page: Page) -> list[str]:
    # A page of our policy takes no script from elsewhere: the driver puts it there.
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{item['id']}: {node['target']} {node.get('failureSummary', '')}"
        for item in found
        for node in item["nodes"]
    ]


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Visit, scheme: str, size: str) -> None:
    chat = visit(size, "bn", color_scheme=scheme)
    page = chat.page
    found = {"closed": violations(page)}
    chat.open()
    found["greeting"] = violations(page)
    answer = chat.ask("একটি সেশন কতক্ষণ লাগে?")
    answer.locator("summary").click()
    answer.locator(".verdict .round").last.click()
    found["answer with its form"] = violations(page)
    picture(page, f"axe-{scheme}-{size}")
    chat.ask("শ্বাস নিতে পারছি না")
    found["emergency"] = violations(page)
    chat(".head .more").click()
    found["options"] = violations(page)
    chat(".options button").last.click()
    found["question before erasing"] = violations(page)
    page.keyboard.press("Escape")
    chat("#field").fill("x" * 1001)
    found["too long"] = violations(page)
    page.context.set_offline(True)
    chat.expected.append("ERR_")
    chat("#field").fill("অফলাইন")
    chat("#field").press("Enter")
    expect(chat(".you .state")).to_be_visible()
    found["offline"] = violations(page)
    assert {state: list_ for state, list_ in found.items() if list_} == {}
    print(f"\naxe, {scheme}, {size}: 0 violations in {len(found)} states")


def test_axe_would_find_something(visit: Visit) -> None:
    chat = visit().open()
    chat("#field").evaluate(
        "field => { field.labels[0].remove(); field.placeholder = '';"
        " field.removeAttribute('aria-describedby'); }"
    )
    assert any("label" in violation for violation in violations(chat.page))


def test_everything_by_keyboard(visit: Visit) -> None:
    chat = visit()
    page, press = chat.page, chat.page.keyboard.press
    active = "() => document.activeElement.shadowRoot?.activeElement?.className"
    for _ in range(10):
        press("Tab")
        if page.evaluate(active) == "launcher":
            break
    press("Enter")
    expect(chat("dialog")).to_be_visible()
    expect(chat("#field")).to_be_focused()
    page.keyboard.type("How long does one session take?")
    press("Enter")
    expect(chat.answers).to_have_count(1)
    expect(chat("#field")).to_be_focused()

    # Back from the field: the choices in order, the thumbs, the source.
    for title in ("Talk to a person", "How many sessions", "Side effects"):
        press("Shift+Tab")
        expect(chat(".choices").get_by_role("button", name=title)).to_be_focused()
    press("Shift+Tab")
    expect(chat.answers.last.locator(".round").last).to_be_focused()
    press("Shift+Tab")
    press("Space")
    expect(chat.answers.last.locator(".round").first).to_have_attribute("aria-pressed", "true")
    press("Shift+Tab")
    expect(chat.answers.last.locator("summary")).to_be_focused()
    press("Enter")
    expect(chat.answers.last.locator("details li")).to_be_visible()

    chat(".choices button").first.focus()
    press("Enter")
    expect(chat.answers).to_have_count(2)
    expect(chat(".scroll")).to_be_focused()  # the button is gone, the place is kept

    chat(".head .more").focus()
    press("Enter")
    expect(chat(".options button").first).to_be_focused()
    press("Escape")
    expect(chat(".head .more")).to_be_focused()
    expect(chat("dialog")).to_be_visible()
    press("Escape")
    expect(chat("dialog")).to_be_hidden()
    expect(chat(".launcher")).to_be_focused()


def test_focus_order_from_top_to_bottom(visit: Visit) -> None:
    chat = visit("phone").open()
    chat.ask("How long does one session take?")
    chat("select").focus()
    order = []
    for _ in range(13):
        order.append(
            chat.page.evaluate(
                "() => { const at = document.activeElement.shadowRoot?.activeElement;"
                " return at && (at.id || at.getAttribute('aria-label') || at.textContent.trim()"
                " || at.localName); }"
            )
        )
        chat.page.keyboard.press("Tab")
    assert order[1:12] == [
        "More options",
        "Close the chat",
        "Conversation",
        "999",
        "Where this comes from",
        "Yes, this was helpful",
        "No, this was not helpful",
        "Side effects",
        "How many sessions",
        "Talk to a person",
        "field",
    ]


def test_a_phones_page_behind_takes_no_part(visit: Visit) -> None:
    chat = visit("phone").open()
    for _ in range(25):
        chat.page.keyboard.press("Tab")
        inside = chat.page.evaluate(
            "() => document.activeElement === document.body"
            " || document.activeElement.localName === 'clinic-chat'"
        )
        assert inside, "the focus went behind the chat"


def test_what_a_screen_reader_gets(visit: Visit) -> None:
    chat = visit().open()
    log = chat.page.get_by_role("log", name="Conversation")
    expect(log).to_have_attribute("aria-live", "polite")
    chat.ask("How long does one session take?")
    expect(log).to_contain_text("You: How long does one session take?")
    expect(log).to_contain_text("Assistant: One Glutathione session")
    expect(chat.page.get_by_role("dialog", name="Ask our clinic")).to_be_visible()
    expect(chat.page.get_by_role("textbox", name="Your question")).to_be_visible()
    expect(chat.page.get_by_role("combobox", name="Language")).to_have_value("en")
    chat.write("wait 900")
    expect(chat(".hidden[role=status]")).to_have_text("The assistant is writing")


def test_a_redrawn_conversation_is_no_news(visit: Visit) -> None:
    chat = visit().open()
    chat.ask("How long does one session take?")
    live = chat.page.evaluate(
        """() => new Promise(resolve => {
          const root = document.querySelector('clinic-chat').shadowRoot;
          const log = root.querySelector('.log');
          new MutationObserver(() => resolve(log.getAttribute('aria-live')))
            .observe(log, {childList: true});
          document.querySelector('clinic-chat').speak('fr');
        })"""
    )
    assert live == "off"
    expect(chat(".log")).to_have_attribute("aria-live", "polite")


def test_languages_are_marked(visit: Visit) -> None:
    chat = visit().open()
    assert chat("select option").evaluate_all("all => all.map(o => o.lang)") == [
        "en",
        "bn",
        "bn-Latn",
        "fr",
        "zh",
    ]
    answer = chat.ask("每次治疗需要多长时间？")
    expect(answer.locator(".bubble")).to_have_attribute("lang", "zh")
    answer.locator("summary").click()
    expect(answer.locator("details span")).to_have_attribute("lang", "en")
    expect(chat.questions.last.locator(".bubble")).to_have_attribute("lang", "zh")


def test_touch_targets(visit: Visit) -> None:
    chat = visit("phone")
    sizes = [chat(".launcher").bounding_box()]
    chat.open()
    chat.ask("How long does one session take?")
    small = []
    for control in chat("button:visible, select:visible, textarea:visible").all():
        sizes.append(control.bounding_box())
    chat(".head .more").click()
    for control in chat(".options button").all():
        sizes.append(control.bounding_box())
    small = [box for box in sizes if box and min(box["width"], box["height"]) < TOUCH - 0.5]
    assert len(sizes) > 15
    assert small == []


@pytest.mark.parametrize(("width", "height"), [(320, 256), (320, 640), (240, 400)])
def test_magnified(visit: Visit, width: int, height: int) -> None:
    """1280 x 1024 at 400 % is 320 x 256: nothing is cut off, nothing scrolls sideways."""
    chat = visit("desktop", "fr", viewport={"width": width, "height": height}).open()
    chat.ask("Combien de temps dure une séance ?")
    picture(chat.page, f"magnified-{width}x{height}")
    wide = chat.page.evaluate(
        """() => {
          const root = document.querySelector('clinic-chat').shadowRoot;
          return [...root.querySelectorAll('dialog, dialog *')]
            .filter(node => !node.closest('.hidden, [hidden], svg'))
            .filter(node => node.getBoundingClientRect().right > innerWidth + 1)
            .map(node => node.outerHTML.slice(0, 80));
        }"""
    )
    assert wide == []
    chat("#field").scroll_into_view_if_needed()
    expect(chat("#field")).to_be_in_viewport()
    chat.answers.last.locator("summary").scroll_into_view_if_needed()
    expect(chat.answers.last.locator("summary")).to_be_in_viewport()


def test_reduced_motion(visit: Visit) -> None:
    moving = "() => document.querySelector('clinic-chat').shadowRoot.getAnimations().length"
    calm = visit(reduced_motion="reduce").open()
    calm.write("wait 800")
    expect(calm(".typing")).to_be_visible()
    assert calm.page.evaluate(moving) == 0
    lively = visit(reduced_motion="no-preference").open()
    lively.write("wait 800")
    expect(lively(".typing")).to_be_visible()
    assert lively.page.evaluate(moving) > 0


def test_forced_colours(visit: Visit) -> None:
    chat = visit(forced_colors="active").open()
    answer = chat.ask("How long does one session take?")
    picture(chat.page, "forced-colours")
    for node in (answer.locator(".bubble"), chat.questions.last.locator(".bubble")):
        border = node.evaluate("node => getComputedStyle(node).borderTopColor")
        ground = node.evaluate("node => getComputedStyle(node).backgroundColor")
        assert border != ground, "without colours, only a border tells the bubbles apart"


def test_right_to_left(visit: Visit) -> None:
    """No right-to-left language is there yet: the window is told that this one is."""
    chat = visit("phone")
    chat.page.route(
        "**/chat/strings/*",
        lambda route: route.fulfill(json={**route.fetch().json(), "dir": "rtl"}),
    )
    chat.reload()
    chat.open()
    chat.ask("How long does one session take?")
    picture(chat.page, "right-to-left")
    answer = chat.answers.last.locator(".bubble").bounding_box()
    question = chat.questions.last.locator(".bubble").bounding_box()
    assert answer
    assert question
    assert answer["x"] + answer["width"] > 340
    assert question["x"] < 20
