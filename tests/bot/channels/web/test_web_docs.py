"""docs/website.md says what the code does: settings, attributes, error codes, wording."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from bot.channels.web_assets import FOLDER
from bot.settings import Settings
from tests.bot.channels.web.server import knowledge

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs/website.md").read_text(encoding="utf-8")
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("web*.py"))
SCRIPTS = "\n".join(path.read_text(encoding="utf-8") for path in (FOLDER / "widget").glob("*.js"))
STYLE = (FOLDER / "widget/style.css").read_text(encoding="utf-8")


def test_settings_and_their_defaults() -> None:
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| (\S+) \|", PAGE, re.MULTILINE))
    ours = {item.name.upper(): item.default for item in fields(Settings)}
    assert {name for name in ours if name.startswith("WEB_")} <= set(told)
    for name, default in told.items():
        assert default == (str(ours[name]) if ours[name] else "none"), name


def test_attributes_of_the_script() -> None:
    told = re.findall(r"^\| `data-([a-z]+)` \|", PAGE, re.MULTILINE)
    [known] = re.findall(r"const SETTINGS = \[(.*)\];", SCRIPTS)
    assert told == ["language", "title", "color", "position", "theme", "open"]
    assert sorted(told) == sorted(re.findall(r'"(\w+)"', known))


def test_custom_properties() -> None:
    told = set(re.findall(r"(--clinic-chat-[a-z-]+):", PAGE)) | {
        "--clinic-chat-font-bn",
        "--clinic-chat-font-zh",
    }
    assert told == set(re.findall(r"var\((--clinic-chat-[a-z-]+)", STYLE))


def test_error_codes() -> None:
    table = PAGE[PAGE.index("| code | status |") :]
    told = set(re.findall(r"`([a-z_]+)`", re.sub(r"\|[^|]*\|$", "", table, flags=re.MULTILINE)))
    raised = set(re.findall(r'ChatError\(\s*\d+,\s*"([a-z_]+)"', CODE))
    assert raised == told


def test_every_word_that_the_window_asks_for_is_there_and_used() -> None:
    asked = set(re.findall(r"\bstrings\.(\w+)", SCRIPTS))
    asked |= set(re.findall(r'(?:announce|note|act)\("(\w+)"', SCRIPTS))
    asked |= set(re.findall(r'strings\["(error\.\w+)"\]', SCRIPTS)) - {"source_line"}
    asked |= {"offline", "unreachable", "confirm_restart", "confirm_forget"}
    asked |= {"restart_question", "forget_question"}
    for language in knowledge().answer_languages:
        phrases = knowledge().phrases[language]
        ours = {
            key.removeprefix("web.")
            for key in phrases
            if key.startswith("web.") and not key.startswith("web.page.")
        }
        assert asked - {"source_line"} - ours == set(), language
        unused = {key for key in ours - asked if not key.startswith("error.")}
        assert unused == set(), language
        page = (FOLDER / "page.html").read_text(encoding="utf-8")
        for key in phrases:
            if key.startswith("web.page."):
                assert "$t_" + key.removeprefix("web.page.") in page
