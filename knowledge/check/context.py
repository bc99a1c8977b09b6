"""What every check gets: the knowledge as read, and a place to report problems with lines."""

from __future__ import annotations

from knowledge.loader import Loaded
from knowledge.model import KnowledgeBase
from knowledge.problems import Problem


class Context:
    """Collects the problems of one run."""

    def __init__(self, loaded: Loaded) -> None:
        self.base: KnowledgeBase = loaded.base
        self.files = loaded.files
        self.problems: list[Problem] = []

    @property
    def reference(self) -> str:
        """The language that the others are compared with."""
        return next(iter(self.base.languages))

    def report(self, file: str, key: str, message: str) -> None:
        """Note a problem at a key, or at the nearest key above it that the file has."""
        read = self.files.get(file)
        line, known = 0, key
        while read and known:
            if known in read.lines:
                line = read.lines[known]
                break
            known = known.rpartition(".")[0]
        self.problems.append(Problem(file, line, key, message))
