"""Read the knowledge folder into the dataclasses of `knowledge.model`.

Stands under step 8 of the message path; run once per process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from knowledge.fields import Fields
from knowledge.loader_clinic import read_clinic
from knowledge.loader_red_flags import read_red_flags
from knowledge.loader_treatments import read_treatment
from knowledge.loader_words import Words, read_languages, read_words
from knowledge.model import Condition, Document, KnowledgeBase, Language, RedFlag, Treatment
from knowledge.problems import KnowledgeError, Problem
from knowledge.yaml_reader import YamlFile, read

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Loaded:
    """A knowledge folder as read, with what the checks need to name lines."""

    base: KnowledgeBase
    files: Mapping[str, YamlFile]  # by path inside the folder: "treatments/glutathione/en.yml"
    problems: tuple[Problem, ...]  # what keeps the folder from being used


def load(path: Path | None = None) -> KnowledgeBase:
    """Read a knowledge folder, this package's own unless told otherwise.

    Raises:
        KnowledgeError: lists every problem with file, line and key.
    """
    loaded = inspect(path or FOLDER)
    if loaded.problems:
        raise KnowledgeError(loaded.problems)
    return loaded.base


@lru_cache(maxsize=1)
def shared() -> KnowledgeBase:
    """This process's copy of the package's own folder, read once.

    Raises:
        KnowledgeError: as `load`.
    """
    return load()


def inspect(path: Path) -> Loaded:
    """Read a knowledge folder and say what is wrong with it, as far as it can be read."""
    return _Reader(path).run()


class _Reader:
    """Holds the problems and files of one reading."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: dict[str, YamlFile] = {}
        self.problems: list[Problem] = []

    def run(self) -> Loaded:
        languages = read_languages(self.fields("languages.yml"))
        topics = self.fields("topics.yml")
        topic_names = topics.texts("topics", required=True)
        topics.done()
        words = {
            file.stem: read_words(self.fields(f"words/{file.name}"), languages)
            for file in self.listed("words", languages)
        }
        treatments = {
            folder.name: self.treatment(folder, topic_names, languages)
            for folder in sorted((self.path / "treatments").glob("*"))
            if folder.is_dir() and not folder.name.startswith((".", "_"))
        }
        base = KnowledgeBase(
            languages=languages,
            treatments={name: item for name, (item, _) in treatments.items()},
            conditions=self.conditions(words),
            documents=_documents([titles for _, titles in treatments.values()]),
            clinic=read_clinic(self.fields("clinic.yml")),
            red_flags=self.red_flags(languages),
            phrases={
                file.stem: self.fields(f"phrases/{file.name}").flat_texts()
                for file in sorted((self.path / "phrases").glob("*.yml"))
            },
            language_names={code: item.languages for code, item in words.items()},
            not_offered={code: item.not_offered for code, item in words.items()},
            topics=topic_names,
        )
        return Loaded(base, MappingProxyType(self.files), tuple(sorted(set(self.problems))))

    def fields(self, name: str) -> Fields:
        """One file as Fields; a file that cannot be read counts as empty."""
        try:
            file = read(self.path / name, name)
        except KnowledgeError as error:
            self.problems.extend(error.problems)
            file = YamlFile(name, {}, {})
        self.files[name] = file
        return Fields(file, self.problems)

    def listed(self, folder: str, languages: Mapping[str, Language]) -> list[Path]:
        """The language files of a folder, in the order of languages.yml."""
        for file in sorted((self.path / folder).glob("*.yml")):
            if file.stem not in languages and file.name != "facts.yml":
                message = f"languages.yml has no block {file.stem}: add it or rename the file"
                self.problems.append(Problem(f"{folder}/{file.name}", 0, "", message))
        files = [self.path / folder / f"{code}.yml" for code in languages]
        return [file for file in files if file.exists()]

    def treatment(
        self, folder: Path, topics: tuple[str, ...], languages: Mapping[str, Language]
    ) -> tuple[Treatment, dict[str, dict[str, str]]]:
        inside = f"treatments/{folder.name}"
        facts = self.fields(f"{inside}/facts.yml")
        words = {
            file.stem: self.fields(f"{inside}/{file.name}")
            for file in self.listed(inside, languages)
        }
        return read_treatment(folder.name, facts, words, topics)

    def conditions(self, words: Mapping[str, Words]) -> dict[str, Condition]:
        listed = self.fields("conditions.yml")
        conditions: dict[str, Condition] = {}
        for name in listed:
            condition = listed.fields(name, required=False)
            parents = condition.texts("parents")
            condition.done()
            for parent in parents:
                if parent not in listed:
                    condition.problem("parents", f"{parent} is not a condition of this file")
            conditions[name] = Condition(
                id=name,
                parents=parents,
                names={code: w.names[name] for code, w in words.items() if name in w.names},
                aliases={code: w.aliases[name] for code, w in words.items() if name in w.aliases},
            )
        for code, item in words.items():
            fields = Fields(self.files[f"words/{code}.yml"], self.problems)
            for name in item.names:
                if name not in conditions:
                    fields.problem(f"conditions.{name}", "conditions.yml has no such condition")
        return conditions

    def red_flags(self, languages: Mapping[str, Language]) -> dict[str, tuple[RedFlag, ...]]:
        return {
            file.stem: read_red_flags(
                self.fields(f"red_flags/{file.name}"), spaced=languages[file.stem].spaced
            )
            for file in self.listed("red_flags", languages)
        }


def _documents(titles: list[dict[str, dict[str, str]]]) -> dict[str, Document]:
    """Documents of all treatments; a document that two treatments share is held once."""
    merged: dict[str, dict[str, str]] = {}
    for of_treatment in titles:
        for document, by_language in of_treatment.items():
            merged.setdefault(document, {}).update(by_language)
    return {name: Document(name, by_language) for name, by_language in merged.items()}
