"""Rasa's default pipeline on the same training data, measured on the same questions.

Run by `bot.bench.speed` as a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TypedDict

import psutil
import yaml

from bot.settings import ROOT

CONFIG = Path(__file__).with_name("rasa_default.yml")


class Figures(TypedDict):
    ms: list[float]  # of every reply
    resident: int  # bytes


def make_project(folder: Path) -> None:
    """Write a bot that answers every intent with one fixed response, as `rasa init` would do."""
    intents = list(yaml.safe_load((ROOT / "domain.yml").read_text())["intents"])
    domain = {
        "version": "3.1",
        "intents": intents,
        "responses": {f"utter_{i}": [{"text": f"Answer to {i}"}] for i in intents},
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }
    rules = [
        {"rule": f"Answer {i}", "steps": [{"intent": i}, {"action": f"utter_{i}"}]} for i in intents
    ]
    # TED needs at least one story beside the rules
    story = {
        "story": "A greeting and a goodbye",
        "steps": [
            {"intent": "greet"},
            {"action": "utter_greet"},
            {"intent": "goodbye"},
            {"action": "utter_goodbye"},
        ],
    }
    (folder / "config.yml").write_text(CONFIG.read_text())
    (folder / "domain.yml").write_text(yaml.safe_dump(domain))
    (folder / "data").mkdir()
    (folder / "data" / "nlu").symlink_to(ROOT / "data" / "nlu")
    dialogue = {"version": "3.1", "rules": rules, "stories": [story]}
    (folder / "data" / "dialogue.yml").write_text(yaml.safe_dump(dialogue))


def classify(folder: Path, questions: list[str], every: int, epochs: int) -> list[str]:
    """Train the intent classifier alone on every n-th example; the likeliest intent of each
    question."""
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    config = yaml.safe_load(CONFIG.read_text())
    del config["policies"]
    kept = ("Tokenizer", "Featurizer", "DIETClassifier")
    config["pipeline"] = [item for item in config["pipeline"] if item["name"].endswith(kept)]
    config["pipeline"][-1]["epochs"] = epochs
    (folder / "config.yml").write_text(yaml.safe_dump(config))
    blocks = []
    for path in sorted((ROOT / "data" / "nlu").glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = block["examples"].splitlines()[::every]
            blocks.append({"intent": block["intent"], "examples": "\n".join(lines)})
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}))
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    agent = Agent.load(model)

    async def ask_all() -> list[str]:
        return [str((await agent.parse_message(q))["intent"]["name"]) for q in questions]

    return asyncio.run(ask_all())


def train(folder: Path) -> str:
    """Train the project; returns the model's path."""
    from rasa.model_training import train as rasa_train

    files = {"domain": "domain.yml", "config": "config.yml", "training_files": "data"}
    paths = {key: str(folder / name) for key, name in files.items()}
    result = rasa_train(**paths, output=str(folder / "models"), force_training=True)
    if result.model is None:
        raise SystemExit(f"Rasa's default pipeline could not be trained (code {result.code})")
    return str(result.model)


async def answer_all(model: str, questions: list[str]) -> Figures:
    """Milliseconds of every reply, and the resident memory in bytes afterwards."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    agent = Agent.load(model)
    times = []
    for number, question in enumerate(questions):
        out = CollectingOutputChannel()
        start = time.perf_counter()
        await agent.handle_message(UserMessage(question, out, sender_id=f"bench-{number // 5}"))
        times.append((time.perf_counter() - start) * 1000)
    return {"ms": times, "resident": psutil.Process().memory_info().rss}


def main() -> None:
    """Read questions (a JSON list) from standard input; write the figures to the file in argv."""
    questions = json.load(sys.stdin)
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    if sys.argv[1] == "train":
        make_project(Path(sys.argv[2]))
        train(Path(sys.argv[2]))
        return
    (model,) = (Path(sys.argv[2]) / "models").glob("*.tar.gz")
    Path(sys.argv[3]).write_text(json.dumps(asyncio.run(answer_all(str(model), questions))))


def measure(questions: list[str]) -> Figures:
    """Train and measure in processes of their own, in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        (Path(folder) / "project").mkdir()
        for words in (["train"], ["measure"]):
            command = [sys.executable, "-m", "bot.bench.default_pipeline", *words]
            subprocess.run(  # noqa: S603 - fixed words
                [*command, f"{folder}/project", str(figures)],
                input=json.dumps(questions),
                text=True,
                check=True,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
            )
        result: Figures = json.loads(figures.read_text())
        return result


if __name__ == "__main__":
    main()
