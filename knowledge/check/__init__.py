"""The checks of the knowledge files: `python -m knowledge.check`.

Stands before the message path: a change to knowledge/ that fails here is not to go live.
"""

from __future__ import annotations

from pathlib import Path

from knowledge.check.aliases import check_aliases
from knowledge.check.context import Context
from knowledge.check.parity import check_parity
from knowledge.check.phrases import check_phrases
from knowledge.check.rules import check_rules
from knowledge.check.texts import check_texts
from knowledge.loader import inspect
from knowledge.problems import Problem


def check(path: Path) -> tuple[Problem, ...]:
    """Everything to mend in a knowledge folder, in the order of files and lines."""
    loaded = inspect(path)
    context = Context(loaded)
    if loaded.base.languages and loaded.base.topics:
        check_parity(context)
        check_phrases(context)
        check_texts(context)
        check_aliases(context)
        check_rules(context)
    return tuple(sorted({*loaded.problems, *context.problems}))
