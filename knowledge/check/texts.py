"""Checks what patients read: placeholders, typed numbers, untranslated text, lengths of buttons."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from knowledge.check.context import Context
from knowledge.model import Treatment
from knowledge.render import placeholders

BUTTON_GRAPHEMES = 20  # WhatsApp: titles of reply buttons have at most 20 characters
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


def graphemes(text: str) -> int:
    """Characters as a reader counts them; never fewer than WhatsApp counts.

    Marks and joiners belong to the letter before them. Conjuncts count by their letters.
    """
    joined = ("M", "Cf")
    return sum(not unicodedata.category(char).startswith(joined) for char in text)


def check_texts(context: Context) -> None:
    """Every text of treatments and phrases."""
    for treatment in context.base.treatments.values():
        _placeholders(context, treatment)
        for code, words in treatment.words.items():
            file = f"treatments/{treatment.id}/{code}.yml"
            if graphemes(words.short_name) > BUTTON_GRAPHEMES:
                _too_long(context, file, "short_name", words.short_name)
            for key, text in _texts(treatment, code):
                _typed_number(context, file, key, text)
    for code, phrases in context.base.phrases.items():
        for key, text in phrases.items():
            file = f"phrases/{code}.yml"
            _typed_number(context, file, key, text)
            if key.startswith("buttons.") and graphemes(text) > BUTTON_GRAPHEMES:
                _too_long(context, file, key, text)
    for code in context.base.expected_languages:
        if code != context.reference:
            _untranslated(context, code)


def _texts(treatment: Treatment, code: str) -> Iterator[tuple[str, str]]:
    words = treatment.words.get(code)
    if words:
        for part in ("topics", "related", "conditions"):
            for name, text in getattr(words, part).items():
                yield f"{part}.{name}", text


def _placeholders(context: Context, treatment: Treatment) -> None:
    for code in treatment.words:
        for key, text in _texts(treatment, code):
            file = f"treatments/{treatment.id}/{code}.yml"
            try:
                found = placeholders(text)
            except ValueError as error:
                context.report(file, key, str(error))
                continue
            topic = treatment.topics.get(key.partition(".")[2])
            part = key.partition(".")[0]
            expected = set(topic.measures) if topic and part != "conditions" else set()
            for name in sorted(found - expected):
                message = f"has {{{name}}}, which facts.yml does not give this topic"
                context.report(file, key, message)
            for name in sorted(expected - found):
                context.report(file, key, f"lacks {{{name}}}, which facts.yml gives this topic")


def _typed_number(context: Context, file: str, key: str, text: str) -> None:
    typed = [char for char in _PLACEHOLDER.sub("", text) if unicodedata.category(char) == "Nd"]
    if typed:
        message = f"has a typed number ({''.join(typed)}): hold it in facts.yml or clinic.yml"
        context.report(file, key, f"{message} and put a placeholder here")


def _too_long(context: Context, file: str, key: str, text: str) -> None:
    message = f"is a button of {graphemes(text)} characters; at most {BUTTON_GRAPHEMES} fit"
    context.report(file, key, message)


def _untranslated(context: Context, code: str) -> None:
    least = 3 if context.base.languages[code].script == _script(context) else 2
    reference = context.base.phrases.get(context.reference, {})
    for key, text in context.base.phrases.get(code, {}).items():
        _compare(context, f"phrases/{code}.yml", key, text, reference.get(key), least)
    for treatment in context.base.treatments.values():
        originals = dict(_texts(treatment, context.reference))
        for key, text in _texts(treatment, code):
            file = f"treatments/{treatment.id}/{code}.yml"
            _compare(context, file, key, text, originals.get(key), least)


def _script(context: Context) -> str:
    return context.base.languages[context.reference].script


def _compare(
    context: Context, file: str, key: str, text: str, original: str | None, least: int
) -> None:
    words = re.findall(r"[^\W\d_]+", _PLACEHOLDER.sub("", text))
    if original is not None and text.split() == original.split() and len(words) >= least:
        context.report(file, key, f"is the text of {context.reference}.yml: translate it")
