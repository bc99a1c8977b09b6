"""What each part of the classifier brings: accuracy without it, on the evaluation questions.

Subcommand `ablation` of `python -m bot.bench.nlu`; takes some minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import yaml
from rasa.shared.nlu.training_data.message import Message

from bot.bench.architecture import Architecture, Text
from bot.bench.understanding import Question
from bot.nlu.examples import count_words
from bot.nlu.language import make_identifier
from bot.nlu.romanised import TABLES, Letters, Romanised, read_spellings
from bot.settings import ROOT
from knowledge.loader import load


@dataclass(frozen=True)
class Example:
    text: Text
    variety: str
    intent: str


def variants() -> dict[str, Callable[[], Architecture]]:
    return {
        "all": Architecture,
        "without the sentence embedding": partial(Architecture, embeddings=False),
        "without n-grams": partial(Architecture, ngrams=False),
        "n-grams of the reading only": partial(Architecture, views=("reading",)),
        "n-grams of the typed text only": partial(Architecture, views=("typed",)),
    }


def examples() -> list[Example]:
    """The training examples, Banglish read in Bengali script."""
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = block["examples"].splitlines()
            texts = [line[2:] for line in lines if line.startswith("- ")]
            found += [Example(Text(t, t), path.parent.name, block["intent"]) for t in texts]
    return found


class Reader:
    """Reads texts as the pipeline does, with the words of the training examples."""

    def __init__(self, trained: Sequence[Example]) -> None:
        messages = [
            Message({"text": e.text.typed, "metadata": {"intent": {"language": e.variety}}})
            for e in trained
        ]
        words = count_words(messages)
        self._identifier = make_identifier(load(), words)
        self._readers = {}
        for path in TABLES.glob("*.letters.yml"):
            code = path.name.removesuffix(".letters.yml")
            letters = Letters.read(code)
            self._readers[code] = Romanised(
                letters,
                read_spellings(code),
                words.get(letters.native, {}),
                words.get(letters.mixes, {}),
            )

    def read(self, text: str, variety: str | None = None) -> Text:
        """`variety` is known of training examples and found out of questions."""
        code = variety or self._identifier.identify(text).code
        reader = self._readers.get(code or "")
        return Text(text, reader.read(text) if reader else text)


def run(questions: Sequence[Question]) -> list[tuple[str, dict[str, float]]]:
    """(variant, accuracy in per cent by variety)."""
    trained = examples()
    reader = Reader(trained)
    read = [reader.read(e.text.typed, e.variety) for e in trained]
    asked = [reader.read(q.text) for q in questions]
    typed = [Text(t.typed, t.typed) for t in read], [Text(t.typed, t.typed) for t in asked]
    labels = [e.intent for e in trained]
    rows = []
    for name, make in variants().items():
        given, _ = make().fit(read, labels).predict(asked)
        rows.append((name, _by_variety(questions, given)))
    given, _ = Architecture().fit(typed[0], labels).predict(typed[1])
    rows.append(("without transliteration", _by_variety(questions, given)))
    for share in (0.25, 0.5):
        step = round(1 / share)
        given, _ = Architecture().fit(read[::step], labels[::step]).predict(asked)
        rows.append((f"{share:.0%} of the examples", _by_variety(questions, given)))
    return rows


def _by_variety(questions: Sequence[Question], given: Sequence[str]) -> dict[str, float]:
    right: dict[str, list[bool]] = {}
    for question, intent in zip(questions, given, strict=True):
        right.setdefault(question.variety, []).append(question.intent == intent)
    return {variety: 100 * sum(hits) / len(hits) for variety, hits in right.items()}
