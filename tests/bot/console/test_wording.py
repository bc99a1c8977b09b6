"""The console's strings: the same in every language, all used, none missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml

from bot.console.filters import BANDS, FLAGS, STATES
from bot.console.pages_inbox import CHANNELS, KINDS
from bot.console.wording import STRINGS, all_words
from tests.bot.console.conftest import Staff

ROOT = Path(__file__).resolve().parents[3]
CONSOLE = ROOT / "bot" / "console"
WORDS = all_words()
GROUPS = ("intent", "kind", "state", "band", "use", "channel", "flag", "role", "keys", "gap")


@pytest.mark.parametrize("language", [code for code in WORDS if code != "en"])
def test_every_language_has_the_same_keys_and_placeholders(language: str) -> None:
    english, words = WORDS["en"].texts, WORDS[language].texts
    assert words.keys() == english.keys()
    for key, text in english.items():
        assert words[key], key
        assert set(re.findall(r"\{\w+\}", words[key])) == set(re.findall(r"\{\w+\}", text)), key


def test_the_four_languages_of_the_clinic_are_there() -> None:
    assert {path.stem for path in STRINGS.glob("*.yml")} == {"en", "bn", "fr", "zh"}
    assert WORDS["bn"].texts["nav.inbox"] != WORDS["en"].texts["nav.inbox"]


def test_everything_that_can_be_shown_has_a_name() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    names = [f"intent.{name}" for name in domain["intents"]]
    for group, values in (
        ("kind", KINDS),
        ("flag", FLAGS),
        ("state", STATES),
        ("band", BANDS),
        ("channel", CHANNELS),
    ):
        names += [f"{group}.{value}" for value in values]
    missing = [name for name in names if name not in WORDS["en"].texts]
    assert missing == []


def test_every_word_of_a_template_is_in_the_strings() -> None:
    for path in (CONSOLE / "templates").glob("*.html"):
        for key in re.findall(r'\bt\("([a-z_.]+[a-z])"', path.read_text()):
            assert key in WORDS["en"].texts, f"{path.name}: {key}"


def test_no_template_speaks_for_itself() -> None:
    """Words between tags come from the strings; what stays is signs and the clinic's name."""
    for path in (CONSOLE / "templates").glob("*.html"):
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(), flags=re.DOTALL)
        text = re.sub(r"<[^>]*>", " ", text)
        words = set(re.findall(r"[A-Za-z]{3,}", text))
        assert words <= {"Polyclinic", "doctype", "html"}, path.name


@pytest.mark.parametrize("language", ["en", "bn", "fr", "zh"])
def test_every_page_renders_in_every_language(
    language: str, staff: Callable[[str], Staff], said: Callable[..., None]
) -> None:
    said("hello", turn="t1", confidence=0.4, intent="ask_pain", kind="fallback")
    admin = staff("admin")
    admin.post("/language", language=language, next="/")
    pages = (
        "/",
        "/conversations/web-1",
        "/candidates",
        "/gaps",
        "/dashboard",
        "/privacy",
        "/audit",
        "/users",
    )
    for path in pages:
        answer = admin.get(path)
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in answer.text, path
    assert WORDS[language]("nav.gaps") in admin.get("/").text


def test_numbers_and_dates_are_in_the_languages_own_digits() -> None:
    moment = datetime(2026, 11, 22, 15, 4, tzinfo=timezone.utc)
    assert WORDS["bn"].number(1234.5) == "১,২৩৪.৫"
    assert WORDS["bn"].percent(0.004) == "০.৪%"
    assert not re.search("[0-9]", WORDS["bn"].moment(moment))
    assert WORDS["fr"].number(1234) == "1\u202f234"
    assert "2026" in WORDS["zh"].moment(moment)
    assert WORDS["en"].percent(None) == "–"
