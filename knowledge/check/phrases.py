"""Checks phrases/<lang>.yml: the same keys and placeholders in every language."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.check.context import Context
from knowledge.render import placeholders

_UNITS = "units."
_RANGE = "units.range"


def check_phrases(context: Context) -> None:
    """Keys and placeholders against the language of reference."""
    reference = context.base.phrases.get(context.reference, {})
    if not reference:
        context.report(f"phrases/{context.reference}.yml", "", "is missing")
        return
    for topic in context.base.topics:
        for key in (f"topics.{topic}", f"buttons.{topic}"):
            if key not in reference:
                context.report(f"phrases/{context.reference}.yml", key, "is missing for a topic")
    for code, phrases in context.base.phrases.items():
        file = f"phrases/{code}.yml"
        if code in context.base.languages:
            for key in sorted(_required(reference) - set(phrases)):
                context.report(file, key, f"is missing; {context.reference}.yml has it")
            _units(context, code, phrases)
        for key, text in phrases.items():
            _phrase(context, file, key, text, reference)
    for code in context.base.expected_languages:
        if code not in context.base.phrases:
            context.report(f"phrases/{code}.yml", "", "is missing: replies are worded there")


def _required(reference: Mapping[str, str]) -> set[str]:
    return {key for key in reference if not key.startswith(_UNITS) or key == _RANGE}


def _units(context: Context, code: str, phrases: Mapping[str, str]) -> None:
    """Units that CLDR lacks, and all of them where the language borrows another's locale."""
    borrowed = context.base.languages[code].locale not in (code, code.partition("-")[0])
    used = {m.unit for t in context.base.treatments.values() for m in t.measures.values()}
    for unit in sorted(used if borrowed else used & {"session"}):
        if f"{_UNITS}{unit}.other" not in phrases:
            context.report(f"phrases/{code}.yml", f"{_UNITS}{unit}.other", "is missing")


def _phrase(context: Context, file: str, key: str, text: str, reference: Mapping[str, str]) -> None:
    try:
        found = placeholders(text)
    except ValueError as error:
        context.report(file, key, str(error))
        return
    if key.startswith(_UNITS):
        expected = frozenset({"low", "high"} if key == _RANGE else {"number"})
    elif key in reference:
        try:
            expected = placeholders(reference[key])
        except ValueError:
            return
    else:
        context.report(file, key, f"is not in {context.reference}.yml: misspelt, or to be added")
        return
    if found != expected:
        context.report(file, key, f"must have {_names(expected)}, has {_names(found)}")


def _names(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no placeholder"
