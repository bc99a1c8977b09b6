"""Replies fit WhatsApp's limits, whatever they hold, in every script."""

from __future__ import annotations

import json

import grapheme
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.message_text import MessageWords, numbered, parts, shorten, split
from bot.channels.outbox import Letter
from bot.channels.reply import Button, Reply
from bot.channels.whatsapp_api import request
from bot.channels.whatsapp_format import TEXT, body
from knowledge import loader
from tests.bot.channels.whatsapp.graph import broken_limit

WORDS = MessageWords("Choose", "Reply with a number:")
# Letters that take several code points to one that a reader sees, among others.
ALPHABET = "aéßক্ষি্রাং্স্ত্র্যি中文漢。।.,!? \n👍🏽👩‍👩‍👧é́̂0১٣️‍﻿"
texts = st.text(alphabet=ALPHABET, max_size=6000)
titles = st.text(alphabet=ALPHABET, min_size=0, max_size=60)
payloads = st.text(alphabet='/abc_{}":é', min_size=0, max_size=300)
replies = st.builds(
    lambda text, buttons: Reply(text, tuple(Button(*pair) for pair in buttons)),
    texts,
    st.lists(st.tuples(titles, payloads), max_size=14),
)


def letter(reply: Reply, **more: object) -> Letter:
    values = {"uid": "key-0", "channel": "whatsapp", "person_id": 1, "conversation_id": "c"}
    values |= {"recipient": {"to": "8801711000001"}, "language": "en", "numbered": False}
    return Letter(**{"id": 1, "reply": reply, "attempts": 1, **values, **more})


def bodies_of(reply: Reply, as_numbers: bool = False) -> list[dict]:
    found = parts(reply, WORDS, TEXT)
    return [request(letter(part), body(part, WORDS, as_numbers)) for part in found]


def choices_of(content: dict) -> list[str]:
    if content["type"] == "text":
        return []
    action = content["interactive"]["action"]
    if "buttons" in action:
        return [button["reply"]["id"] for button in action["buttons"]]
    return [row["id"] for row in action["sections"][0]["rows"]]


@settings(max_examples=150, deadline=None)
@given(replies, st.booleans())
def test_any_reply_fits(reply: Reply, as_numbers: bool) -> None:
    for content in bodies_of(reply, as_numbers):
        assert broken_limit(content) is None
        json.dumps(content).encode()


@settings(max_examples=150, deadline=None)
@given(texts, st.integers(min_value=20, max_value=4096))
def test_a_split_text_loses_nothing_but_space(text: str, limit: int) -> None:
    found = split(text, limit)
    assert all(0 < len(part) <= limit for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@settings(max_examples=100, deadline=None)
@given(texts, st.integers(min_value=1, max_value=72))
def test_a_shortened_title_keeps_whole_letters(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert grapheme.length(short) <= limit
    if short != text:
        kept = short[:-1]
        assert text.startswith(kept)
        assert list(grapheme.graphemes(text))[: grapheme.length(kept)] == list(
            grapheme.graphemes(kept)
        )


@pytest.mark.parametrize(
    ("number", "title", "kind"),
    [
        (1, "Pain", "button"),
        (3, "Side effects", "button"),
        (3, "x" * 20, "button"),
        (3, "x" * 21, "list"),
        (2, "Effets secondaires possibles", "list"),
        (3, "স্ত্রী" * 6 + "কক", "button"),  # 20 letters in 44 code points
        (4, "Pain", "list"),
        (10, "Pain", "list"),
        (11, "Pain", "text"),
    ],
)
def test_the_kind_follows_the_choices(number: int, title: str, kind: str) -> None:
    # One letter is given up for the number that keeps titles apart.
    marks = "abcdefghijk"
    buttons = tuple(Button(title[:-1] + marks[n], f"/p{n}") for n in range(number))
    (content,) = bodies_of(Reply("Which?", buttons))
    assert (content.get("interactive") or content)["type"] == kind
    assert broken_limit(content) is None
    if kind != "text":
        assert choices_of(content) == [f"/p{n}" for n in range(number)]


def test_a_long_title_is_given_in_full_below_its_row() -> None:
    buttons = (Button("Effets secondaires possibles", "/ask_side_effects"),)
    (content,) = bodies_of(Reply("Quoi ?", buttons))
    (row,) = content["interactive"]["action"]["sections"][0]["rows"]
    assert row["title"] == "Effets secondaires poss…"
    assert row["description"] == "Effets secondaires possibles"


def test_a_body_too_long_for_buttons_becomes_a_list() -> None:
    (content,) = bodies_of(Reply("x" * 1025, (Button("Pain", "/ask_pain"),)))
    assert content["interactive"]["type"] == "list"


def test_two_choices_with_one_title_become_a_list() -> None:
    (content,) = bodies_of(Reply("?", (Button("Pain", "/a"), Button("Pain", "/b"))))
    assert content["interactive"]["type"] == "list"


def test_choices_stay_with_the_last_part() -> None:
    reply = Reply("A sentence. " * 700, (Button("Pain", "/ask_pain"),))
    first, second, third = bodies_of(reply)
    assert (first["type"], second["type"], third["type"]) == ("text", "text", "interactive")
    assert first["text"]["body"].endswith(".")


def test_numbers_are_written_in_the_languages_own_digits() -> None:
    kb = loader.shared()
    words = MessageWords.of(kb, "bn")
    reply = Reply("?", tuple(Button(f"b{n}", f"/b{n}") for n in range(12)))
    assert "১২. b11" in numbered(reply, words)


def test_every_language_has_the_channels_words_within_their_limits() -> None:
    kb = loader.shared()
    for language in kb.answer_languages:
        words = MessageWords.of(kb, language)
        assert 0 < grapheme.length(words.choose) <= 20
        assert words.reply_with_number
        for key, text in kb.phrases[language].items():
            if key.startswith("buttons."):
                assert grapheme.length(text) <= 20, f"{language} {key}: {text}"


class TestAgainstPywa:
    """pywa writes the same bodies."""

    def said(self, **message: object) -> dict:
        pywa = pytest.importorskip("pywa")
        seen = []

        def take(req: httpx.Request) -> httpx.Response:
            seen.append(json.loads(req.content))
            answer = {
                "messaging_product": "whatsapp",
                "contacts": [{"input": "8801711000001", "wa_id": "8801711000001"}],
                "messages": [{"id": "wamid.1"}],
            }
            return httpx.Response(200, json=answer)

        client = httpx.Client(
            transport=httpx.MockTransport(take), base_url="https://graph.facebook.com/v23.0"
        )
        wa = pywa.WhatsApp(phone_id="106540352242922", token="t", session=client)
        wa.send_message(to="8801711000001", tracker="key-0", **message)
        return seen[0]

    def test_text(self) -> None:
        (ours,) = bodies_of(Reply("Hello"))
        theirs = self.said(text="Hello")
        theirs["text"].pop("preview_url", None)
        assert ours == theirs

    def test_buttons(self) -> None:
        from pywa.types import Button as Theirs

        (ours,) = bodies_of(Reply("Hello", (Button("Pain", "/ask_pain"), Button("Cost", "/c"))))
        theirs = self.said(
            text="Hello",
            buttons=[Theirs("Pain", callback_data="/ask_pain"), Theirs("Cost", callback_data="/c")],
        )
        assert ours == theirs

    def test_list(self) -> None:
        from pywa.types import Section, SectionList, SectionRow

        buttons = tuple(Button(f"Row {n}", f"/r{n}") for n in range(5))
        (ours,) = bodies_of(Reply("Hello", buttons))
        rows = [SectionRow(title=b.title, callback_data=b.payload) for b in buttons]
        section = Section(title="x", rows=rows)
        theirs = self.said(text="Hello", buttons=SectionList("Choose", sections=[section]))
        for item in theirs["interactive"]["action"]["sections"]:
            item.pop("title")  # needed only where there are several sections
        for item in theirs["interactive"]["action"]["sections"][0]["rows"]:
            item.pop("description", None)
        assert ours == theirs
