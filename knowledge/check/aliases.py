"""Checks that what patients call things leads to one thing only."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.check.context import Context
from knowledge.normalise import fold, normalise


def check_aliases(context: Context) -> None:
    """Treatments among each other and against what is not ours; conditions among each other."""
    ours = _unique(
        context,
        (
            (f"treatments/{treatment.id}/{code}.yml", "aliases", treatment.id, alias)
            for treatment in context.base.treatments.values()
            for code, words in treatment.words.items()
            for alias in (*words.aliases, *words.abbreviations)
        ),
    )
    _unique(
        context,
        (
            (f"words/{code}.yml", f"conditions.{condition.id}", condition.id, alias)
            for condition in context.base.conditions.values()
            for code, aliases in condition.aliases.items()
            for alias in aliases
        ),
    )
    for code, names in context.base.not_offered.items():
        for name in names:
            owner = ours.get(_form(name))
            if owner:
                message = f"{name!r} is what patients call {owner}"
                context.report(f"words/{code}.yml", "not_offered", message)
    for code, named in context.base.language_names.items():
        _unique(
            context,
            (
                (f"words/{code}.yml", f"languages.{language}", language, name)
                for language, names in named.items()
                for name in names
            ),
        )


def _unique(context: Context, aliases: Iterable[tuple[str, str, str, str]]) -> dict[str, str]:
    """Owner of each alias; reports an alias with two owners, and one without a letter."""
    owners: dict[str, str] = {}
    for file, key, owner, alias in aliases:
        form = _form(alias)
        if not any(char.isalpha() for char in form):
            context.report(file, key, f"{alias!r} has no letter")
        elif owners.setdefault(form, owner) != owner:
            message = f"{alias!r} is also what patients call {owners[form]}: one of them must go"
            context.report(file, key, message)
    return owners


def _form(alias: str) -> str:
    return fold(normalise(alias))
