"""The README and docs say what the code does: settings, make targets and files that they name."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot.settings import SettingError, Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_readme_lists_every_setting() -> None:
    table = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(table) == sorted(f.name.upper() for f in fields(Settings))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"`make ([a-z-]+)", page.read_text()):
        assert target in targets, f"{page.name} names make {target}"


def test_settings_are_read_with_their_types() -> None:
    settings = Settings.from_env({"PORT": "6005", "WEB_ALLOWED_ORIGINS": "https://a.example, b"})
    assert settings.port == 6005
    assert settings.web_allowed_origins == ("https://a.example", "b")
    assert settings.actions_port == 5055


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(SettingError, match="PORT='many': expected int"):
        Settings.from_env({"PORT": "many"})
