"""Checks that every language has what the facts call for, no less and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from knowledge.check.context import Context
from knowledge.model import Clinic, Treatment, TreatmentWords


def check_parity(context: Context) -> None:
    """Words of treatments, conditions, languages and the clinic, language by language."""
    for treatment in context.base.treatments.values():
        for code in context.base.languages:
            _treatment(context, treatment, code)
    for code in context.base.languages:
        _words(context, code)
        _red_flags(context, code)
    _clinic(context)


def _treatment(context: Context, treatment: Treatment, code: str) -> None:
    file = f"treatments/{treatment.id}/{code}.yml"
    if code not in treatment.words:
        context.report(file, "", f"is missing: write what patients call this treatment in {code}")
        return
    words = treatment.words[code]
    if code not in context.base.expected_languages:
        return
    stated = {name for name, topic in treatment.topics.items() if topic.stated}
    _same_keys(context, file, "topics", words.topics, stated, "facts.yml states it")
    for name in sorted(set(words.related) & stated):
        context.report(file, f"related.{name}", "facts.yml states it: write it under topics")
    near = _related(treatment, context.reference, words)
    _same_keys(context, file, "related", words.related, near - stated, "other languages have it")
    _same_keys(
        context, file, "conditions", words.conditions, treatment.conditions, "facts.yml has it"
    )
    for name, topic in treatment.topics.items():
        if name in words.related and not topic.sections:
            facts = f"treatments/{treatment.id}/facts.yml"
            message = f"has a `related` text in {code}.yml: name the section that says it"
            context.report(facts, f"topics.{name}", message)
    for document in _documents(treatment):
        if code not in context.base.documents[document].title:
            context.report(file, f"documents.{document}", "is missing: give the title")


def _related(treatment: Treatment, reference: str, words: TreatmentWords) -> set[str]:
    """What must stand under `related`: the same as in the language of reference."""
    return set(treatment.words.get(reference, words).related)


def _documents(treatment: Treatment) -> list[str]:
    sections = [s for topic in treatment.topics.values() for s in topic.sections]
    sections += [rule.section for rule in treatment.conditions.values()]
    return sorted({section.document for section in sections if section.document})


def _words(context: Context, code: str) -> None:
    file = f"words/{code}.yml"
    if file not in context.files:
        context.report(file, "", f"is missing: name the health conditions in {code}")
        return
    for condition in context.base.conditions.values():
        if code not in condition.names:
            context.report(file, f"conditions.{condition.id}", "is missing")
    names = context.base.language_names.get(code, {})
    for language in context.base.languages:
        if language not in names:
            context.report(file, f"languages.{language}", "is missing: what is it called?")
    if not context.base.not_offered.get(code):
        context.report(file, "not_offered", "is missing: list treatments that are not ours")


def _red_flags(context: Context, code: str) -> None:
    file = f"red_flags/{code}.yml"
    flags = {name: {f.id for f in found} for name, found in context.base.red_flags.items()}
    if code not in flags:
        context.report(file, "", f"is missing: emergencies would not be found in {code}")
        return
    expected = flags.get(context.reference, set())
    _same_keys(context, file, "flags", flags[code], expected, "other languages have it")


def _clinic(context: Context) -> None:
    clinic: Clinic = context.base.clinic
    for key in ("name", "address", "hours", "cost", "booking"):
        values: Mapping[str, str] | None = getattr(clinic, key)
        for code in context.base.expected_languages:
            if values and code not in values:
                context.report("clinic.yml", f"{key}.{code}", "is missing")


def _same_keys(
    context: Context,
    file: str,
    key: str,
    found: Iterable[str],
    expected: Iterable[str],
    reason: str,
) -> None:
    found, expected = set(found), set(expected)
    for name in sorted(expected - found):
        context.report(file, f"{key}.{name}", f"is missing, but {reason}")
    for name in sorted(found - expected):
        context.report(
            file,
            f"{key}.{name}",
            "is not expected here: remove it, or add it to the facts and the other languages",
        )
