"""What each part of the classifier brings: accuracy without it, on the evaluation questions.

Subcommand `ablation` of `python -m bot.bench.nlu`; takes half an hour, with DIET another one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml
from rasa.shared.nlu.training_data.message import Message

from bot.bench import default_pipeline
from bot.bench.architecture import Architecture, Text
from bot.bench.understanding import Question
from bot.nlu.examples import count_words
from bot.nlu.language import make_identifier
from bot.nlu.respelling import Respeller
from bot.nlu.romanised import TABLES, Letters
from bot.nlu.transliteration import make_readers
from bot.settings import ROOT
from knowledge.loader import load

DIET_SHARE, DIET_EPOCHS = 0.25, 30


@dataclass(frozen=True)
class Example:
    text: Text
    variety: str
    intent: str


def variants() -> dict[str, Callable[[], Architecture]]:
    """Ways to build the classifier of the same training texts."""
    make = partial(Architecture, calibrated=False)
    return {
        "all": make,
        "without the sentence embedding": partial(make, embeddings=False),
        "without n-grams": partial(make, ngrams=False),
        "n-grams of the reading only": partial(make, views=("reading",)),
        "n-grams of the typed text only": partial(make, views=("typed",)),
        "without the nearest example": partial(make, nearest=False),
        "logistic regression for the linear SVM": partial(make, logistic=True),
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
        self._readers = make_readers(words)

    def read(self, text: str, variety: str | None = None) -> Text:
        """`variety` is known of training examples and found out of questions."""
        code = variety or self._identifier.identify(text).code
        reader = self._readers.get(code or "")
        return Text(text, reader.read(text) if reader else text)


def run(questions: Sequence[Question], diet: bool) -> list[tuple[str, dict[str, float]]]:
    """(variant, accuracy in per cent by variety)."""
    make = partial(Architecture, calibrated=False)
    trained = examples()
    reader = Reader(trained)
    read = [reader.read(e.text.typed, e.variety) for e in trained]
    asked = [reader.read(q.text) for q in questions]
    labels = [e.intent for e in trained]

    def accuracy(
        made: Architecture, texts: Sequence[Text], names: Sequence[str], of: Sequence[Text] = asked
    ) -> dict[str, float]:
        given, _ = made.fit(texts, names).predict(of)
        return _by_variety(questions, given)

    rows = [(name, accuracy(made(), read, labels)) for name, made in variants().items()]
    respelt = respellings(trained)
    more = [*read, *(reader.read(e.text.typed, e.variety) for e in respelt)]
    more_labels = [*labels, *(e.intent for e in respelt)]
    rows.append(
        ("with one respelling of each Banglish example", accuracy(make(), more, more_labels))
    )
    typed = [Text(t.typed, t.typed) for t in read]
    as_typed = [Text(t.typed, t.typed) for t in asked]
    rows.append(("without transliteration", accuracy(make(), typed, labels, as_typed)))
    rows.append(("a model for each variety", _each_alone(questions, trained, read, asked)))
    for share in (0.25, 0.5):
        step = round(1 / share)
        rows.append(
            (f"{share:.0%} of the examples", accuracy(make(), read[::step], labels[::step]))
        )
    if diet:
        rows.append((f"Rasa's DIET on {DIET_SHARE:.0%} of the examples", by_diet(questions)))
    return rows


def respellings(trained: Sequence[Example]) -> list[Example]:
    """One other spelling of each romanised example, as in training."""
    found = []
    for code in (path.name.removesuffix(".letters.yml") for path in TABLES.glob("*.letters.yml")):
        mine = [example for example in trained if example.variety == code]
        texts = [example.text.typed for example in mine]
        for place, text in Respeller(Letters.read(code)).respell(texts, 1):
            found.append(Example(Text(text, text), code, mine[place].intent))
    return found


def _each_alone(
    questions: Sequence[Question],
    trained: Sequence[Example],
    read: Sequence[Text],
    asked: Sequence[Text],
) -> dict[str, float]:
    """Each variety's examples alone, the question's own variety being known."""
    found: dict[str, float] = {}
    for variety in dict.fromkeys(q.variety for q in questions):
        mine = [i for i, e in enumerate(trained) if e.variety == variety]
        theirs = [i for i, q in enumerate(questions) if q.variety == variety]
        model = Architecture(calibrated=False)
        model.fit([read[i] for i in mine], [trained[i].intent for i in mine])
        given, _ = model.predict([asked[i] for i in theirs])
        found |= _by_variety([questions[i] for i in theirs], given)
    return found


def by_diet(questions: Sequence[Question]) -> dict[str, float]:
    """Rasa's default pipeline with DIET; on all examples it would train for hours on two cores."""
    with tempfile.TemporaryDirectory() as folder:
        given = default_pipeline.classify(
            Path(folder), [q.text for q in questions], round(1 / DIET_SHARE), DIET_EPOCHS
        )
    return _by_variety(questions, given)


def _by_variety(questions: Sequence[Question], given: Sequence[str]) -> dict[str, float]:
    right: dict[str, list[bool]] = {}
    for question, intent in zip(questions, given, strict=True):
        right.setdefault(question.variety, []).append(question.intent == intent)
    return {variety: 100 * sum(hits) / len(hits) for variety, hits in right.items()}
