"""treatments/<id>/: facts.yml and one file of words a language.

Called by `knowledge.loader`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.fields import Fields
from knowledge.loader_words import longest_first
from knowledge.model import (
    ConditionRule,
    Measure,
    Ruling,
    Section,
    Topic,
    Treatment,
    TreatmentWords,
)

UNITS = ("minute", "hour", "day", "week", "month", "year", "session")
_MEASURE = re.compile(rf"(\d+)(?:-(\d+))? ({'|'.join(UNITS)})")
_CUES = ("target", "means")  # "my scar" and "the needle"
_NOT_STATED = "not stated"


def read_treatment(
    treatment_id: str, facts: Fields, words: Mapping[str, Fields], topics: tuple[str, ...]
) -> tuple[Treatment, dict[str, dict[str, str]]]:
    """One treatment, and the titles of its documents by document and language."""
    sections = _sections(facts.fields("sections"))
    measures = _measures(facts.fields("measures", required=False))
    listed = facts.fields("topics")
    treatment = Treatment(
        id=treatment_id,
        topics={name: _topic(listed, name, sections, measures) for name in topics},
        measures=measures,
        conditions=_conditions(facts, sections),
        words={code: _words(fields) for code, fields in words.items()},
    )
    listed.done()
    facts.done()
    titles: dict[str, dict[str, str]] = {section.document: {} for section in sections.values()}
    for code, fields in words.items():
        documents = fields.fields("documents", required=False)
        for document, title in fields.text_map("documents", required=False).items():
            if document not in titles:
                documents.problem(document, "no section of facts.yml is in this document")
            titles.setdefault(document, {})[code] = title
        fields.done()
    return treatment, titles


def _sections(fields: Fields) -> dict[str, Section]:
    sections: dict[str, Section] = {}
    for name in fields:
        section = fields.fields(name)
        document = section.text("document")
        headings = section.text_map("headings")
        if not headings:
            section.problem("headings", "has no heading: add the one that the document prints")
            headings = {"": ""}
        section.done()
        sections[name] = Section(document, headings)
    return sections


def _measures(fields: Fields) -> dict[str, Measure]:
    measures: dict[str, Measure] = {}
    for name in fields:
        text = fields.text(name)
        found = _MEASURE.fullmatch(text)
        if not found:
            fields.problem(name, f"must look like `15-30 minute`, with one of {', '.join(UNITS)}")
            continue
        low, high = int(found[1]), int(found[2] or found[1])
        if low > high:
            fields.problem(name, f"goes from {low} down to {high}")
        measures[name] = Measure(low, high, found[3])
    return measures


def _topic(
    fields: Fields, name: str, sections: Mapping[str, Section], measures: Mapping[str, Measure]
) -> Topic:
    if name not in fields:
        fields.problem(name, f"is missing: give its sections or write `{_NOT_STATED}`")
        return Topic(False, (), ())
    if fields.is_text(name):
        if fields.text(name) != _NOT_STATED:
            fields.problem(name, f"must be `{_NOT_STATED}` or a map with `sections`")
        return Topic(False, (), ())
    topic = fields.fields(name)
    stated = topic.text("stated", default="yes")
    if stated not in ("yes", "no"):
        topic.problem("stated", "must be yes or no")
    used = topic.texts("measures")
    for measure in used:
        if measure not in measures:
            topic.problem("measures", f"{measure} is not under `measures`")
    found = tuple(
        sections[section] for section in _known(topic, "sections", sections) if section in sections
    )
    topic.done()
    return Topic(stated == "yes", found, used)


def _known(fields: Fields, key: str, sections: Mapping[str, Section]) -> tuple[str, ...]:
    """The sections that a topic or rule names; it must name one."""
    names = fields.texts(key)
    if not names:
        fields.problem(key, "is missing: name the section that says so")
    for name in names:
        if name not in sections:
            fields.problem(key, f"{name} is not under `sections`")
    return names


def _conditions(facts: Fields, sections: Mapping[str, Section]) -> dict[str, ConditionRule]:
    rules: dict[str, ConditionRule] = {}
    groups = facts.fields("conditions", required=False)
    for ruling in Ruling:
        group = groups.fields(ruling.value, required=False)
        for condition in group:
            name = group.text(condition)
            if name and name not in sections:
                group.problem(condition, f"{name} is not under `sections`")
            if condition in rules:
                group.problem(condition, f"is also {rules[condition].ruling.value}")
            rules[condition] = ConditionRule(ruling, sections.get(name, Section("", {"": ""})))
    groups.done()
    return rules


def _words(fields: Fields) -> TreatmentWords:
    name = fields.text("name")
    short_name = fields.text("short_name", default=name)
    return TreatmentWords(
        name=name,
        short_name=short_name,
        aliases=longest_first((name, short_name, *fields.texts("aliases"))),
        topics=fields.text_map("topics", required=False),
        related=fields.text_map("related", required=False),
        conditions=fields.text_map("conditions", required=False),
        abbreviations=longest_first(fields.texts("abbreviations")),
        cues=_cues(fields.fields("cues", required=False)),
    )


def _cues(fields: Fields) -> tuple[tuple[str, ...], ...]:
    cues = tuple(fields.texts(name) for name in _CUES)
    fields.done()
    for name, words in zip(_CUES, cues, strict=True):
        if any(cues) and not words:
            fields.problem(name, "is missing: cues are words of two kinds, both in one message")
    return cues if any(cues) else ()
