"""red_flags/<lang>.yml: patterns of emergencies, written out as regular expressions.

Called by `knowledge.loader`; `knowledge.emergencies` matches them.
"""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.fields import Fields
from knowledge.model import RedFlag
from knowledge.patterns import PatternError, expand


def read_red_flags(fields: Fields, spaced: bool) -> tuple[RedFlag, ...]:
    """All flags of one language. `<flag>` in `unless` and `questions` is any of its patterns."""
    groups = {
        name: "|".join(texts)
        for name, texts in _lists(fields.fields("groups", required=False)).items()
    }
    if "flag" in groups:
        fields.problem("groups.flag", "is the name of the flag's own patterns: choose another")
    flags = fields.fields("flags")
    found = tuple(_flag(fields, flags.fields(name), name, groups, spaced) for name in flags)
    fields.texts("unless")
    fields.texts("questions")
    fields.done()
    return found


def _flag(
    fields: Fields, flag: Fields, name: str, groups: Mapping[str, str], spaced: bool
) -> RedFlag:
    raw = flag.texts("patterns", required=True)
    with_flag = {**groups, "flag": "|".join(raw)}
    red_flag = RedFlag(
        id=name,
        patterns=_expand(flag, "patterns", groups, spaced),
        unless=_expand(fields, "unless", with_flag, spaced)
        + _expand(flag, "unless", with_flag, spaced),
        questions=_expand(fields, "questions", with_flag, spaced)
        + _expand(flag, "questions", with_flag, spaced),
    )
    flag.done()
    return red_flag


def _expand(fields: Fields, key: str, groups: Mapping[str, str], spaced: bool) -> tuple[str, ...]:
    expanded: list[str] = []
    for place, pattern in enumerate(fields.texts(key)):
        try:
            expanded.append(expand(pattern, groups, spaced))
        except PatternError as error:
            fields.problem(f"{key}.{place}", str(error))
    return tuple(expanded)


def _lists(fields: Fields) -> dict[str, tuple[str, ...]]:
    return {name: fields.texts(name, required=True) for name in fields}
