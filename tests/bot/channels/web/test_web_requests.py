"""What a browser may post, field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.web_errors import ChatError
from bot.channels.web_requests import (
    LARGEST_BODY,
    nearest_language,
    read_body,
    read_message,
    read_page_language,
    read_verdict,
)

ID = "3f2b8a52-70f2-4e0c-9f0e-0a6f0f3f1d11"
LANGUAGES = ("en", "bn", "bn-Latn")


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"x"', b"null", b"1", b"\xff\xfe", b"{}{}", b"[" * 20_000, b"NaN"]
)
def test_bodies_that_are_no_object(body: bytes) -> None:
    with pytest.raises(ChatError) as refused:
        read_body(body)
    assert (refused.value.status, refused.value.code) == (400, "invalid_json")


def test_a_body_that_is_too_large() -> None:
    with pytest.raises(ChatError) as refused:
        read_body(b" " * (LARGEST_BODY + 1))
    assert (refused.value.status, refused.value.code) == (413, "body_too_large")


def test_no_body_is_an_empty_object() -> None:
    assert read_body(b"") == read_body(b" \n") == {}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": None}, "invalid_id"),
        ({"id": 7}, "invalid_id"),
        ({"id": "mine"}, "invalid_id"),
        ({"id": ID + "0"}, "invalid_id"),
        ({"id": [ID]}, "invalid_id"),
        ({"text": None}, "invalid_message"),
        ({"text": 7}, "invalid_message"),
        ({"text": {"a": 1}}, "invalid_message"),
        ({"text": ["a"]}, "invalid_message"),
        ({"text": True}, "invalid_message"),
        ({"payload": "/greet"}, "invalid_message"),  # both
        ({"text": ""}, "empty_message"),
        ({"text": " \n\t\x00\x1b"}, "empty_message"),
        ({"text": "x" * 11}, "message_too_long"),
        ({"text": None, "payload": "x" * 501}, "message_too_long"),
        ({"language": "de"}, "unknown_language"),
        ({"language": 7}, "unknown_language"),
        ({"language": ["en"]}, "unknown_language"),
    ],
)
def test_messages_that_are_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(ChatError) as refused:
        read_message({"id": ID, "text": "hello", **change}, 10, LANGUAGES)
    assert refused.value.code == code
    assert refused.value.status in (400, 413)


def test_characters_that_no_database_takes_are_left_out() -> None:
    body = json.loads(b'{"text": "a\\u0000b\\ud800c\\u001b[1m\\n\\td"}')
    message = read_message({"id": ID.upper(), **body}, 100, LANGUAGES)
    assert message.text == "ab?c[1m\n\td"
    assert message.id == ID


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_can_be_stored(text: str) -> None:
    message = read_message({"id": ID, "text": f"x{text}"}, 301, LANGUAGES)
    assert "\x00" not in message.text
    message.text.encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"value": "up"}, "invalid_id"),
        ({"message_id": 7, "value": "up"}, "invalid_id"),
        ({"message_id": "x" * 65, "value": "up"}, "invalid_id"),
        ({"message_id": ID}, "invalid_value"),
        ({"message_id": ID, "value": ["up"]}, "invalid_value"),
        ({"message_id": ID, "value": "up", "reason": 7}, "invalid_message"),
    ],
)
def test_verdicts_that_are_refused(body: dict[str, Any], code: str) -> None:
    with pytest.raises(ChatError) as refused:
        read_verdict(body)
    assert refused.value.code == code


def test_a_long_reason_is_cut() -> None:
    verdict = read_verdict({"message_id": ID, "value": "down", "reason": "x" * 9000})
    assert verdict.reason == "x" * 500
    assert read_verdict({"message_id": ID, "value": "down", "reason": " "}).reason is None


@pytest.mark.parametrize(
    ("wished", "found"),
    [
        ("en", "en"),
        ("EN-gb", "en"),
        ("bn_BD", "bn"),
        ("bn-Latn-BD", "bn-Latn"),
        ("de", None),
        ("", None),
        ("-" * 5000, None),
        ("enx", None),
    ],
)
def test_the_nearest_language(wished: str, found: str | None) -> None:
    assert nearest_language(wished, LANGUAGES) == found
    assert read_page_language({"language": wished}, LANGUAGES) == found


def test_a_page_language_that_is_no_text() -> None:
    with pytest.raises(ChatError):
        read_page_language({"language": {"en": 1}}, LANGUAGES)
    assert read_page_language({}, LANGUAGES) is None
