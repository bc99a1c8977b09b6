"""Cuts a message that may ask several things into clauses, and marks the ones that deny.

Between steps 3 and 5 of the message path: "how long is it and how many do I need?", "not about the
price, about the pain". Every clause becomes a message of its own for the components that follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import CLAUSES, text_of
from bot.nlu.language import LANGUAGE
from bot.nlu.scripts import words
from bot.nlu.word_files import LanguageWords, read_words
from knowledge.loader import shared

DENIED = "denied"  # attribute of a clause: the patient says that they do not ask this
# Ends of sentences and commas, those of Bengali and Chinese included.
_SIGNS = r"[.?!;,\n\u0964\u0965\u3001\u3002\uff0c\uff1b\uff01\uff1f]+"
_ASKED = re.compile(r"[?\uff1f]")


@dataclass(frozen=True)
class Clause:
    text: str
    denied: bool


class ClauseCutter:
    """Compiled once per process."""

    def __init__(self, known: Mapping[str, LanguageWords], spaced: Mapping[str, bool]) -> None:
        def patterns(kind: str) -> list[str]:
            return [
                _pattern(word, spaced.get(code, True))
                for code, item in known.items()
                for word in getattr(item, kind)
            ]

        self._cut = re.compile("|".join([_SIGNS, *patterns("connectives")]), re.IGNORECASE)
        opening = "|".join(patterns("opening_denials") or ["(?!)"])
        self._opening = re.compile(rf"\s*(?:{opening})", re.IGNORECASE)
        self._denial = re.compile("|".join(patterns("denials") or ["(?!)"]), re.IGNORECASE)

    def cut(self, text: str) -> list[Clause]:
        """The clauses of a message; none if it has only one."""
        pieces = [piece for piece in self._pieces(text) if _long_enough(piece[0])]
        found = [self._clause(*piece, alone=len(pieces) == 1) for piece in pieces]
        clauses = [clause for clause in found if clause.text]
        return clauses if len(clauses) > 1 or any(c.denied for c in clauses) else []

    def _pieces(self, text: str) -> Iterator[tuple[str, bool]]:
        """What stands between the cuts, and whether a question mark ends it."""
        start = 0
        for cut in self._cut.finditer(text):
            yield text[start : cut.start()].strip(), bool(_ASKED.search(cut.group()))
            start = cut.end()
        yield text[start:].strip(), False

    def _clause(self, piece: str, asked: bool, alone: bool) -> Clause:
        """A weak denial counts only before or after what is asked: "no risk?" asks."""
        if not (asked or alone) and (opening := self._opening.match(piece)):
            return Clause(piece[opening.end() :].strip(), True)
        return Clause(self._denial.sub(" ", piece).strip(), bool(self._denial.search(piece)))


def _pattern(word: str, spaced: bool) -> str:
    escaped = re.escape(word).replace("\\ ", r"\s+")
    return rf"(?<!\S){escaped}(?!\S)" if spaced else escaped


def _long_enough(piece: str) -> bool:
    """Two words, or as many signs of a script that writes without spaces."""
    return sum(len(word) if script == "Han" else 2 for word, script in words(piece)) >= 3


# A featurizer to Rasa only because it stands before the others; it learns nothing.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ClauseSplitter(GraphComponent):
    """Sets `clauses` on messages that are not training examples."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # more clauses than this are a story: its last ones ask
            "most": 3,
        }

    def __init__(self, config: dict[str, Any], cutter: ClauseCutter) -> None:
        self._most = int(config["most"])
        self._cutter = cutter

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClauseSplitter:
        spaced = {code: language.spaced for code, language in shared().languages.items()}
        return cls(config, ClauseCutter(read_words(), spaced))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = text_of(message)
            clauses = self._cutter.cut(text) if text is not None else []
            if clauses:
                message.set(CLAUSES, self._messages(message, clauses[-self._most :]))
        return messages

    def _messages(self, message: Message, clauses: Iterable[Clause]) -> list[Message]:
        made = []
        for clause in clauses:
            part = Message({TEXT: clause.text})
            part.set(LANGUAGE, message.get(LANGUAGE))
            part.set(DENIED, clause.denied)
            made.append(part)
        return made
