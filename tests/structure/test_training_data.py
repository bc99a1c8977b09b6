"""Every variety has the same training files, each about the intent that it is named for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
NLU = ROOT / "data" / "nlu"
VARIETIES = sorted(p.name for p in NLU.iterdir() if p.is_dir())
INTENTS = [
    i for i in yaml.safe_load((ROOT / "domain.yml").read_text())["intents"] if i != "nlu_fallback"
]
TOPICS = [i for i in INTENTS if i.startswith("ask_")]
MINIMUM = {"check_suitability": 60, "report_emergency": 60, "out_of_scope": 60}


def examples(path: Path) -> list[str]:
    """The sentences of one training file."""
    (block,) = yaml.safe_load(path.read_text())["nlu"]
    return [line.removeprefix("- ").strip() for line in block["examples"].strip().splitlines()]


@pytest.mark.parametrize("variety", VARIETIES)
def test_a_file_for_every_intent(variety: str) -> None:
    names = {p.stem for p in (NLU / variety).glob("*.yml")}
    assert names == {intent.removeprefix("ask_") for intent in INTENTS}


@pytest.mark.parametrize("variety", VARIETIES)
def test_files_say_their_intent_and_variety(variety: str) -> None:
    for path in (NLU / variety).glob("*.yml"):
        (block,) = yaml.safe_load(path.read_text())["nlu"]
        assert block["intent"].removeprefix("ask_") == path.stem, path
        assert block["metadata"] == {"language": variety}, path


@pytest.mark.parametrize("variety", VARIETIES)
@pytest.mark.parametrize("intent", INTENTS)
def test_enough_examples(variety: str, intent: str) -> None:
    sentences = examples(NLU / variety / f"{intent.removeprefix('ask_')}.yml")
    needed = MINIMUM.get(intent, 40 if intent in TOPICS else 25)
    assert len(set(sentences)) >= needed
    assert len(set(sentences)) == len(sentences), "the same sentence twice"


@pytest.mark.parametrize("variety", VARIETIES)
def test_a_sentence_has_one_intent(variety: str) -> None:
    seen: dict[str, str] = {}
    for path in sorted((NLU / variety).glob("*.yml")):
        for sentence in examples(path):
            key = " ".join(sentence.casefold().split())
            assert key not in seen, f"{sentence!r} in {path.name} and {seen[key]}"
            seen[key] = path.name
