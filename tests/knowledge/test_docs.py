"""The two pages for clinic staff: their examples are read, their commands work."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from knowledge.check import check
from knowledge.loader import FOLDER, load

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SMALL = Path(__file__).with_name("small_knowledge")


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with knowledge and examples, in which commands can be run."""
    shutil.copytree(FOLDER, tmp_path / "knowledge", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data/nlu/en", tmp_path / "data/nlu/en")
    return tmp_path


def run(project: Path, command: str) -> subprocess.CompletedProcess[str]:
    command = command.replace(".venv/bin/python", sys.executable)
    return subprocess.run(
        ["bash", "-ec", command], cwd=project, capture_output=True, text=True, check=False
    )


def test_a_treatment_is_added_as_the_page_says(project: Path) -> None:
    page = "adding-a-treatment.md"
    copy, checks, _ask = blocks(page, "sh")
    assert run(project, copy).returncode == 0
    facts, words = blocks(page, "yaml")
    folder = project / "knowledge/treatments/light_therapy"
    for file in folder.glob("*.yml"):
        file.unlink()
    given = yaml.safe_load(facts)["topics"]
    rest = [topic for topic in load().topics if topic not in given]
    more = "".join(f"  {topic}: not stated\n" for topic in rest)
    (folder / "facts.yml").write_text(facts.replace("  # ... and so on\n", more))
    (folder / "en.yml").write_text(words)
    problems = [p for p in check(project / "knowledge") if "light_therapy" in p.file]
    missing = set(load().languages) - {"en"}
    assert {p.file for p in problems} == {f"treatments/light_therapy/{c}.yml" for c in missing}
    first, second = checks.strip().splitlines()
    assert "treatments/light_therapy/fr.yml: is missing" in run(project, first).stdout
    assert "light_therapy" in run(project, second).stdout


def test_the_problem_that_the_page_shows(project: Path) -> None:
    (shown,) = re.findall(r"```\n(treatments.*)\n```", (DOCS / "adding-a-treatment.md").read_text())
    folder = project / "knowledge/treatments/light_therapy"
    shutil.copytree(project / "knowledge/treatments/il_injection", folder)
    _, words = blocks("adding-a-treatment.md", "yaml")
    (folder / "en.yml").write_text(words.replace("{session}", "20 minutes"))
    assert shown in run(project, ".venv/bin/python -m knowledge.check").stdout


def test_a_language_is_added_as_the_page_says(project: Path) -> None:
    page = "adding-a-language.md"
    *copies, checks = blocks(page, "sh")
    assert len(copies) == 4
    block, other = blocks(page, "yaml")
    knowledge = project / "knowledge"
    languages = knowledge / "languages.yml"
    languages.write_text(languages.read_text().replace("prior: 0.30", "prior: 0.20") + "\n" + block)
    assert yaml.safe_load(other) == {"languages": {"es": ["spanish"]}}
    before = run(project, checks).stdout
    for missing in ("phrases/es.yml", "words/es.yml", "red_flags/es.yml", "glutathione/es.yml"):
        assert f"{missing}: is missing" in before
    for command in copies:
        done = run(project, command)
        assert done.returncode == 0, done.stderr
    assert (project / "data/nlu/es/pain.yml").exists()
    after = run(project, checks).stdout
    assert "phrases/es.yml: is missing" not in after
    assert "answer.disclosure: is the text of en.yml: translate it" in after
    assert "the priors sum" not in after
    assert "languages.es: is missing" in after


def test_the_steps_name_every_place(project: Path) -> None:
    text = (DOCS / "adding-a-language.md").read_text(encoding="utf-8")
    for place in ("phrases", "words", "red_flags"):
        assert f"`knowledge/{place}/es.yml`" in text
        assert (SMALL / place / "en.yml").exists()
