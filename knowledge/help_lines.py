"""Which phrases send a patient to help: emergency numbers, the clinic's line, its contact.

Step 8 of the message path; also used where the bot itself cannot answer.
"""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.model import KnowledgeBase
from knowledge.render import localised, phrase

CONTACT_FIELDS = ("phone", "whatsapp", "email", "website", "address")
SELF_HARM = ("self_harm", "suicide")

PhraseCall = tuple[str, Mapping[str, str]]  # a phrase's key and its values


def emergency(
    kb: KnowledgeBase, red_flag: str | None, country: str | None
) -> tuple[PhraseCall, ...]:
    """What to say in danger. `country` is where the patient is, None if that is not known."""
    self_harm = (red_flag or "").startswith(SELF_HARM)
    calls = [with_number(kb, "self_harm" if self_harm else "stop", country)]
    line = kb.clinic.crisis_lines.get(country or kb.clinic.country)
    if self_harm and line:
        calls.append(("answer.emergency.crisis_line", {"number": line}))
    clinic = kb.clinic.emergency_line or kb.clinic.phone
    if clinic:
        calls.append(("answer.emergency.clinic_line", {"number": clinic}))
    return tuple(calls)


def with_number(kb: KnowledgeBase, key: str, country: str | None) -> PhraseCall:
    """A phrase under `answer.emergency` with the number to dial, if one is known there."""
    number = kb.clinic.emergency_numbers.get(country or kb.clinic.country)
    if number is None:
        return f"answer.emergency.{key}_no_number", {}
    return f"answer.emergency.{key}", {"number": number}


def contact(kb: KnowledgeBase, language: str) -> str:
    """Every way to reach a person that the clinic has filled in, one a line."""
    lines = [
        phrase(kb, language, f"answer.contact.{field}", value=value)
        for field in CONTACT_FIELDS
        if (value := clinic_value(kb, field, language))
    ]
    if not lines:
        return phrase(kb, language, "answer.contact.none")
    return "\n".join((phrase(kb, language, "answer.contact.intro"), *lines))


def clinic_value(kb: KnowledgeBase, field: str, language: str) -> str | None:
    """A value of clinic.yml in a language, None where the clinic has not filled it in."""
    value = getattr(kb.clinic, field)
    if value is None or isinstance(value, str):
        return value or None
    return localised(kb, value, language) if value else None
