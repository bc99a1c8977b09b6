"""What is wrong in a knowledge file, said so that the person who edits it can mend it.

Stands before the message path: nothing is answered from files that have problems.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend."""

    file: str  # path inside knowledge/: "treatments/glutathione/en.yml"
    line: int  # 1 is the first; 0 where the file as a whole is meant
    key: str  # where in the file: "topics.pain"
    message: str  # what is wrong and what to do

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class KnowledgeError(ValueError):
    """The knowledge files cannot be used; `problems` lists everything that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
