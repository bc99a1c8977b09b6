"""Sentences that the model is trained and measured on, to compare candidates with.

Beside the message path, under the candidates' page and the export.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.console.training_files import read_yaml, sentences_of
from bot.settings import ROOT
from knowledge.normalise import normalise

NEAR = 86  # of 100: how alike two normalised sentences are to be shown as near-duplicates
SHOWN = 2
EVALUATION = "nlu.yml"
PUNCTUATION = frozenset(".?,")  # what normalising leaves of it


@dataclass(frozen=True)
class Sentence:
    """One sentence in use."""

    text: str
    intent: str
    language: str
    use: str  # training | evaluation


@dataclass(frozen=True)
class Corpus:
    """All sentences in use, by their normalised form."""

    by_essence: Mapping[str, Sentence]
    by_language: Mapping[str, tuple[str, ...]]

    def same(self, essence: str) -> Sentence | None:
        """The sentence in use that is the same but for spelling variants."""
        return self.by_essence.get(essence)

    def near(self, essence: str, language: str) -> list[Sentence]:
        """Sentences in use in this variety that are almost the same, the likest first."""
        known = self.by_language.get(language, ())
        found = process.extract(
            essence, known, scorer=fuzz.ratio, score_cutoff=NEAR, limit=SHOWN + 1
        )
        return [self.by_essence[key] for key, _, _ in found if key != essence][:SHOWN]


def corpus(root: Path = ROOT) -> Corpus:
    """The sentences below a repository's root; read again when a file changed."""
    files = sorted([*root.glob("data/nlu/*/*.yml"), *root.glob(f"tests/languages/*/{EVALUATION}")])
    return _read(root, tuple((path, path.stat().st_mtime_ns) for path in files))


def essence_of(text: str) -> str:
    """What two spellings of one sentence share: its normalised words, punctuation left out."""
    return " ".join(word for word in normalise(text).split() if word not in PUNCTUATION)


@lru_cache(maxsize=2)
def _read(root: Path, files: tuple[tuple[Path, int], ...]) -> Corpus:
    found: dict[str, Sentence] = {}
    for path, changed in files:
        for essence, sentence in _read_file(path, changed):
            # What the model is trained on comes first, whatever it is measured on.
            if sentence.use == "training" or essence not in found:
                found[essence] = sentence
    languages: dict[str, list[str]] = {}
    for essence, sentence in found.items():
        languages.setdefault(sentence.language, []).append(essence)
    return Corpus(found, {code: tuple(known) for code, known in languages.items()})


@lru_cache(maxsize=2000)
def _read_file(path: Path, changed: int) -> tuple[tuple[str, Sentence], ...]:
    """Sentences of one file as it was at `changed`; thousands take seconds to normalise."""
    language = path.parent.name
    if path.name == EVALUATION:
        questions = read_yaml(path).get("questions") or []
        pairs, use = [(item["intent"], str(item["text"])) for item in questions], "evaluation"
    else:
        pairs, use = list(sentences_of(path)), "training"
    return tuple(
        (essence_of(text), Sentence(text, intent, language, use)) for intent, text in pairs
    )
