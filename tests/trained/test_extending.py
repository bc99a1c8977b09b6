"""A fifth treatment and a sixth language come with data files alone; both are talked to here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.model_files import newest_model

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COPIED = ("bot", "actions", "knowledge", "data", "config.yml", "domain.yml")
KEPT = 8  # examples an intent and language, enough to tell the intents asked for here apart

pytestmark = pytest.mark.trained


def copy_of_the_project(folder: Path) -> Path:
    folder.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    return folder


def run(folder: Path, *words: str, said: str = "") -> str:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment,
        input=said,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def talk(folder: Path, model: Path, messages: Iterable[str]) -> list[Mapping[str, Any]]:
    lines = [
        json.dumps({"id": str(number), "text": text, "session": "s"}, ensure_ascii=False)
        for number, text in enumerate(messages)
    ]
    printed = run(folder, "bot", "replay", "-", "--model", str(model), said="\n".join(lines))
    return [json.loads(line) for line in printed.splitlines()]


def python_files(folder: Path) -> dict[str, bytes]:
    files = (file for top in ("bot", "actions", "knowledge") for file in folder.glob(f"{top}/**/*"))
    return {str(f.relative_to(folder)): f.read_bytes() for f in files if f.suffix == ".py"}


def test_a_fifth_treatment(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Not even trained again: the classifier does not lean on treatments' names."""
    folder = copy_of_the_project(tmp_path / "project")
    shutil.copytree(HERE / "fifth_treatment/knowledge", folder / "knowledge", dirs_exist_ok=True)
    run(folder, "knowledge.check")
    model = request.config.getoption("--model") or newest_model()
    said = {
        "how long does the zelaris patch take?": ("answer", "session_duration", "en", "40–50"),
        "জেলারিস প্যাচ জিনিসটা আসলে কী?": ("answer", "definition", "bn", "জেলারিস প্যাচ"),
        "le patch zelaris dure combien de temps ?": ("answer", "session_duration", "fr", "50"),
        "泽拉贴片有什么副作用？": ("not_stated", "side_effects", "zh", "泽拉贴片"),
        "i am pregnant, can i use the zelaris patch?": ("suitability", None, "en", "pregnant"),
    }
    answers = talk(folder, model, said)
    for answer, (kind, topic, language, part) in zip(answers, said.values(), strict=True):
        assert (answer["kind"], answer["treatment"]) == (kind, "zelaris_patch"), answer
        assert topic in (None, answer["topic"])
        assert answer["language"] == language
        assert part in answer["reply"]
    (listed,) = talk(folder, model, ["what treatments do you have?"])
    assert "Zelaris patch" in listed["reply"]
    assert len(listed["buttons"]) == 5


def test_a_sixth_language(tmp_path: Path) -> None:
    folder = copy_of_the_project(tmp_path / "project")
    before = python_files(folder)
    settings = {name: (folder / name).read_bytes() for name in ("config.yml", "domain.yml")}
    add_spanish(folder)
    command = ("train", "--force", "--fixed-model-name", "small", "--out", str(tmp_path))
    run(folder, "rasa", *command)
    said = {
        "hola, buenos días": ("smalltalk", None, "¡Hola!"),
        "¿cuánto dura una sesión de glutatión?": ("answer", "session_duration", "15"),
        "¿cuántas sesiones necesito en total?": ("answer", "session_count", "sesiones"),
        "no puedo respirar": ("emergency", None, "Puede ser una emergencia"),
    }
    answers = talk(folder, tmp_path / "small.tar.gz", said)
    for answer, (kind, topic, part) in zip(answers, said.values(), strict=True):
        assert (answer["kind"], answer["topic"], answer["language"]) == (kind, topic, "es"), answer
        assert part in answer["reply"]
    assert python_files(folder) == before
    assert {name: (folder / name).read_bytes() for name in settings} == settings


def add_spanish(folder: Path) -> None:
    """The new language's files; of the others' examples only a few are kept, to train fast."""
    new = HERE / "sixth_language"
    for name in ("knowledge", "data"):
        shutil.copytree(new / name, folder / name, dirs_exist_ok=True)
    languages = folder / "knowledge/languages.yml"
    block = (new / "languages-block.yml").read_text(encoding="utf-8")
    # The shares of all languages make one; Spanish takes some of English's.
    text = languages.read_text(encoding="utf-8").replace("prior: 0.30", "prior: 0.20", 1)
    languages.write_text(text + block, encoding="utf-8")
    for file in (folder / "data/nlu").glob("*/*.yml"):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for item in content["nlu"]:
            if "examples" in item:
                lines = item["examples"].splitlines(keepends=True)
                item["examples"] = "".join(lines[: KEPT if file.parent.name != "es" else None])
        file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
