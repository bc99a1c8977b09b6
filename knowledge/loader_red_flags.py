"""red_flags/<lang>.yml: patterns of emergencies, written out as regular expressions.

Called by `knowledge.loader`; `knowledge.emergencies` matches them.
"""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.fields import Fields
from knowledge.model import RedFlag
from knowledge.patterns import PatternError, expand, flag_words


def read_red_flags(fields: Fields, spaced: bool) -> tuple[RedFlag, ...]:
    """All flags of one language. `<flag>` in `unless` and `questions` is what a pattern matched."""
    groups = {
        name: "|".join(texts)
        for name, texts in _lists(fields.fields("groups", required=False)).items()
    }
    if "flag" in groups:
        fields.problem("groups.flag", "is the name of the flag's own patterns: choose another")
    with_flag = {**groups, "flag": flag_words(groups.get("or"), spaced)}
    unless = _expand(fields, "unless", with_flag, spaced)
    questions = _expand(fields, "questions", with_flag, spaced)
    listed = fields.fields("flags")
    flags: list[RedFlag] = []
    for name in listed:
        flag = listed.fields(name)
        flag.texts("patterns", required=True)
        flags.append(
            RedFlag(
                id=name,
                patterns=_expand(flag, "patterns", groups, spaced),
                unless=(*unless, *_expand(flag, "unless", with_flag, spaced)),
                questions=(*questions, *_expand(flag, "questions", with_flag, spaced)),
            )
        )
        flag.done()
    fields.done()
    return tuple(flags)


def _expand(
    fields: Fields, key: str, groups: Mapping[str, str], spaced: bool
) -> tuple[tuple[str, ...], ...]:
    expanded: list[tuple[str, ...]] = []
    for place, pattern in enumerate(fields.texts(key)):
        try:
            expanded.append(expand(pattern, groups, spaced))
        except PatternError as error:
            fields.problem(f"{key}.{place}", str(error))
    return tuple(expanded)


def _lists(fields: Fields) -> dict[str, tuple[str, ...]]:
    return {name: fields.texts(name, required=True) for name in fields}
