"""languages.yml and words/<lang>.yml: the varieties, and what patients call things in each.

Called by `knowledge.loader`.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from knowledge.fields import Fields
from knowledge.model import Language


@dataclass(frozen=True)
class Words:
    """words/<lang>.yml of one variety."""

    names: Mapping[str, str]  # condition id -> its name
    aliases: Mapping[str, tuple[str, ...]]  # condition id -> what patients say, longest first
    languages: Mapping[str, tuple[str, ...]]  # language code -> what it is called
    not_offered: tuple[str, ...]


def read_languages(fields: Fields) -> dict[str, Language]:
    """All varieties, in the order of the file."""
    languages = {code: _language(code, fields.fields(code)) for code in fields}
    for code, language in languages.items():
        if language.answers not in languages:
            message = f"{language.answers or 'this'} is not a language of this file"
            fields.problem(f"{code}.answers", message)
    return languages


def read_words(fields: Fields, languages: Mapping[str, Language]) -> Words:
    """The words of one variety."""
    names: dict[str, str] = {}
    aliases: dict[str, tuple[str, ...]] = {}
    conditions = fields.fields("conditions", required=False)
    for name in conditions:
        condition = conditions.fields(name)
        names[name] = condition.text("name")
        aliases[name] = longest_first((names[name], *condition.texts("aliases")))
        condition.done()
    named = fields.fields("languages", required=False)
    for code in named:
        if code not in languages:
            named.problem(code, "languages.yml has no such language")
    words = Words(
        names=names,
        aliases=aliases,
        languages={code: named.texts(code) for code in named},
        not_offered=longest_first(fields.texts("not_offered")),
    )
    fields.done()
    return words


def longest_first(aliases: tuple[str, ...]) -> tuple[str, ...]:
    """Each alias once, so that "CT guided infiltration" is tried before "infiltration"."""
    return tuple(sorted({alias for alias in aliases if alias}, key=lambda a: (-len(a), a)))


def _language(code: str, fields: Fields) -> Language:
    locale = fields.text("locale")
    try:
        if locale:
            Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        fields.problem("locale", f"CLDR has no locale {locale!r}")
    if len(fields.text("digits", default=string.digits)) != len(string.digits):
        fields.problem("digits", "must be ten characters, from zero to nine")
    language = Language(
        code=code,
        name=fields.text("name"),
        answers=fields.text("answers", default=code),
        locale=locale,
        script=fields.text("script"),
        spacy=fields.text("spacy"),
        prior=_share(fields),
        countries=fields.texts("countries"),
        digits=fields.text("digits", default=string.digits),
        spaced=fields.text("spaced", default="yes") != "no",
    )
    fields.done()
    return language


def _share(fields: Fields) -> float:
    text = fields.text("prior")
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        fields.problem("prior", f"must be a share between 0 and 1, not {text!r}")
    return share
