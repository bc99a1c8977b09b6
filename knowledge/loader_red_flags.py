"""red_flags/<lang>.yml: patterns of emergencies, written out as regular expressions.

Called by `knowledge.loader`; `knowledge.emergencies` matches them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from knowledge.fields import Fields
from knowledge.model import RedFlag, Rule
from knowledge.patterns import PatternError, expand, flag_words

Try = Callable[[Rule], None]  # raises PatternError


def read_red_flags(fields: Fields, spaced: bool, verify: Try | None = None) -> tuple[RedFlag, ...]:
    """All flags of one language. `<flag>` in `unless` and `questions` is what a pattern matched.

    `verify` is called with each translated pattern; what it raises is noted as a problem.
    """
    groups = {
        name: "|".join(texts)
        for name, texts in _lists(fields.fields("groups", required=False)).items()
    }
    if "flag" in groups:
        fields.problem("groups.flag", "is the name of the flag's own patterns: choose another")
    with_flag = {**groups, "flag": flag_words(groups.get("or"), spaced)}

    def rules(where: Fields, key: str, known: Mapping[str, str]) -> tuple[Rule, ...]:
        return tuple(_rules(where, key, known, spaced, verify))

    alike = tuple(_alike(fields))
    unless = rules(fields, "unless", with_flag)
    questions = rules(fields, "questions", with_flag)
    listed = fields.fields("flags")
    flags: list[RedFlag] = []
    for name in listed:
        flag = listed.fields(name)
        flag.texts("patterns", required=True)
        flags.append(
            RedFlag(
                id=name,
                patterns=rules(flag, "patterns", groups),
                unless=(*unless, *rules(flag, "unless", with_flag)),
                questions=(*questions, *rules(flag, "questions", with_flag)),
                alike=alike,
                mentions=rules(flag, "mentions", groups),
            )
        )
        flag.done()
    fields.done()
    return tuple(flags)


def _rules(
    fields: Fields, key: str, groups: Mapping[str, str], spaced: bool, verify: Try | None
) -> Iterator[Rule]:
    for place, pattern in enumerate(fields.texts(key)):
        try:
            rule = expand(pattern, groups, spaced)
            if verify:
                verify(rule)
        except PatternError as error:
            fields.problem(f"{key}.{place}", str(error))
        else:
            yield rule


def _alike(fields: Fields) -> Iterator[tuple[str, str]]:
    for place, line in enumerate(fields.texts("alike")):
        typed, arrow, simple = line.partition(" > ")
        try:
            re.compile(typed)
        except re.error as error:
            fields.problem(f"alike.{place}", f"is not a regular expression: {error}")
            continue
        if arrow:
            yield typed, simple
        else:
            fields.problem(f"alike.{place}", "must look like `typed > written in the patterns`")


def _lists(fields: Fields) -> dict[str, tuple[str, ...]]:
    return {name: fields.texts(name, required=True) for name in fields}
