"""Checks facts.yml, languages.yml and red_flags/: what is ruled, used and understood."""

from __future__ import annotations

import re

from knowledge.check.context import Context
from knowledge.fields import Fields
from knowledge.loader_red_flags import read_red_flags
from knowledge.model import Treatment
from knowledge.patterns import verify

_PRIORS_OFF_BY = 0.01


def check_rules(context: Context) -> None:
    """Conditions that exist, facts that are used, shares that add up, patterns that work."""
    for treatment in context.base.treatments.values():
        _facts(context, treatment)
    total = sum(language.prior for language in context.base.languages.values())
    if abs(total - 1) > _PRIORS_OFF_BY:
        context.report("languages.yml", "", f"the priors sum to {total:.2f}, not to 1")
    for code in context.base.red_flags:
        _patterns(context, code)
    for key in ("emergency_numbers", "crisis_lines"):
        for country in getattr(context.base.clinic, key):
            if not re.fullmatch("[A-Z]{2}", country):
                context.report("clinic.yml", f"{key}.{country}", "is not an ISO 3166 country code")


def _facts(context: Context, treatment: Treatment) -> None:
    file = f"treatments/{treatment.id}/facts.yml"
    for condition, rule in treatment.conditions.items():
        if condition not in context.base.conditions:
            key = f"conditions.{rule.ruling.value}.{condition}"
            context.report(file, key, "is not in conditions.yml")
    used = {name for topic in treatment.topics.values() for name in topic.measures}
    for measure in sorted(set(treatment.measures) - used):
        context.report(file, f"measures.{measure}", "is used by no topic")
    data = context.files[file].data
    named = {
        section for topic in _maps(data.get("topics")) for section in _texts(topic.get("sections"))
    } | {
        section
        for ruling in _maps(data.get("conditions"))
        for section in _texts(list(ruling.values()))
    }
    sections = data.get("sections")
    for section in sorted(set(sections if isinstance(sections, dict) else ()) - named):
        context.report(file, f"sections.{section}", "is used by no topic and no condition")


def _maps(value: object) -> list[dict[str, object]]:
    values = value.values() if isinstance(value, dict) else ()
    return [item for item in values if isinstance(item, dict)]


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def _patterns(context: Context, code: str) -> None:
    """Read the file once more, now trying each pattern."""
    file = context.files[f"red_flags/{code}.yml"]
    read_red_flags(Fields(file, context.problems), context.base.languages[code].spaced, verify)
