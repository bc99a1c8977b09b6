"""Turns knowledge into text in a patient's language: sentences, numbers with units, phrases.

Step 8 of the message path. What a language lacks is taken from the language it answers in, then
from the first language of languages.yml; `python -m knowledge.check` fails on every such gap.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Literal

from babel import Locale
from babel.numbers import format_decimal
from babel.units import UnknownUnitError, format_unit, get_unit_name

from knowledge.model import KnowledgeBase, Measure, Source, TreatmentWords

_UNITS = "units"  # phrases `units.<unit>.one|other` stand in for CLDR where it has none
_RANGE = "units.range"


def sentence(kb: KnowledgeBase, treatment_id: str, topic: str, language: str) -> str:
    """The answer to a topic, or, where the documents do not state it, words that say so.

    Raises:
        KeyError: no such treatment or topic.
    """
    treatment = kb.treatments[treatment_id]
    if not treatment.topics[topic].stated:
        return not_stated(kb, treatment_id, topic, language)
    text = _words_with(kb, treatment_id, language, topic).topics[topic]
    names = treatment.topics[topic].measures
    return text.format_map({name: measure(kb, treatment_id, name, language) for name in names})


def not_stated(kb: KnowledgeBase, treatment_id: str, topic: str, language: str) -> str:
    """Says that the documents do not state a topic, and what they say near it, if anything."""
    text = phrase(
        kb,
        language,
        "answer.not_stated",
        treatment=name(kb, treatment_id, language),
        topic=phrase(kb, language, f"topics.{topic}"),
    )
    for code in _chain(kb, language):
        words = kb.treatments[treatment_id].words.get(code)
        if words and topic in words.related:
            names = kb.treatments[treatment_id].topics[topic].measures
            near = words.related[topic].format_map(
                {item: measure(kb, treatment_id, item, language) for item in names}
            )
            return f"{text} {near}"
    return text


def measure(kb: KnowledgeBase, treatment_id: str, name: str, language: str) -> str:
    """A number with its unit in the language's own digits: "15–30 minutes", "১৫–৩০ মিনিট"."""
    return format_measure(kb, kb.treatments[treatment_id].measures[name], language)


def format_measure(kb: KnowledgeBase, value: Measure, language: str) -> str:
    """`measure` for a value in hand."""
    spoken = kb.languages.get(language)
    locale = Locale.parse(spoken.locale if spoken else language)
    digits = str.maketrans(string.digits, spoken.digits if spoken else string.digits)
    low, high = (
        format_decimal(number, locale=locale).translate(digits)
        for number in (value.low, value.high)
    )
    number = high
    if value.low != value.high:
        number = phrase(kb, language, _RANGE, low=low, high=high)
    plural = locale.plural_form(value.high)
    pattern = _unit_pattern(kb.phrases.get(language, {}), value.unit, plural)
    if pattern:
        return pattern.format_map({"number": number})
    try:
        text = _cldr_unit(value, locale).translate(digits)
    except UnknownUnitError:
        patterns = (_unit_pattern(kb.phrases.get(c, {}), value.unit, plural) for c in kb.languages)
        return next(p for p in patterns if p).format_map({"number": number})
    return text.replace(high, number, 1)


def _cldr_unit(value: Measure, locale: Locale) -> str:
    """The unit as CLDR writes it out; Babel misses long forms that CLDR shares with the short."""
    length: Literal["long", "short"] = "long"
    if get_unit_name(value.unit, length=length, locale=locale) is None:
        length = "short"
    text = format_unit(value.high, value.unit, length=length, locale=locale)
    return text.replace("\xa0", " ")  # typed with a plain space by those who search for it


def _unit_pattern(phrases: Mapping[str, str], unit: str, plural: str) -> str | None:
    return phrases.get(f"{_UNITS}.{unit}.{plural}") or phrases.get(f"{_UNITS}.{unit}.other")


def phrase(kb: KnowledgeBase, language: str, key: str, /, **values: str) -> str:
    """A phrase by its dotted key, placeholders filled.

    Raises:
        KeyError: no language has the phrase, or a placeholder has no value.
    """
    for code in _chain(kb, language):
        text = kb.phrases.get(code, {}).get(key)
        if text is not None:
            return text.format_map(values)
    raise KeyError(key)


def words(kb: KnowledgeBase, treatment_id: str, language: str) -> TreatmentWords:
    """A treatment's words in a language."""
    of_treatment = kb.treatments[treatment_id].words
    return next(of_treatment[code] for code in _chain(kb, language) if code in of_treatment)


def name(kb: KnowledgeBase, treatment_id: str, language: str) -> str:
    """A treatment's full name."""
    return words(kb, treatment_id, language).name


def condition_name(kb: KnowledgeBase, condition_id: str, language: str) -> str:
    """What a health condition is called."""
    names = kb.conditions[condition_id].names
    return next(names[code] for code in _chain(kb, language) if code in names)


def rule_text(kb: KnowledgeBase, treatment_id: str, condition_id: str, language: str) -> str:
    """A condition's rule as the document words it: "a severe allergy to glutathione"."""
    of_treatment = kb.treatments[treatment_id].words
    for code in _chain(kb, language):
        if code in of_treatment and condition_id in of_treatment[code].conditions:
            return of_treatment[code].conditions[condition_id]
    raise KeyError(condition_id)


def document_title(kb: KnowledgeBase, document_id: str, language: str) -> str:
    """A document's title for readers of a language."""
    titles = kb.documents[document_id].title
    return next(titles[code] for code in _chain(kb, language) if code in titles)


def localised(kb: KnowledgeBase, values: Mapping[str, str], language: str) -> str:
    """The value of a by-language map of clinic.yml."""
    return next(values[code] for code in _chain(kb, language, *values) if code in values)


def sources(kb: KnowledgeBase, treatment_id: str, topic: str, language: str) -> tuple[Source, ...]:
    """A topic's sources under headings in the reader's language where the document has them."""
    return kb.treatments[treatment_id].topics[topic].sources_in(language)


def facts(kb: KnowledgeBase, treatment_id: str, topic: str) -> tuple[str, ...]:
    """Ids of the facts in an answer, the same in every language.

    The topic's own ("glutathione.session_count"), then its numbers
    ("glutathione.session_count=6-10 session").
    """
    treatment = kb.treatments[treatment_id]
    topic_id = f"{treatment_id}.{topic}"
    numbers = (treatment.measures[item] for item in treatment.topics[topic].measures)
    return (topic_id, *(f"{topic_id}={item}" for item in numbers))


def placeholders(text: str) -> frozenset[str]:
    """Names in braces of a text.

    Raises:
        ValueError: a brace is not closed, or a placeholder has no plain name.
    """
    found = set()
    for _, field, spec, conversion in Formatter().parse(text):
        if field is None:
            continue
        if not field.isidentifier() or spec or conversion:
            raise ValueError(f"{{{field}}} is not a plain name in braces")
        found.add(field)
    return frozenset(found)


def _chain(kb: KnowledgeBase, language: str, *more: str) -> Iterator[str]:
    """Where to look for words: the language, what it answers in, the language of reference."""
    yield language
    if language in kb.languages:
        yield kb.languages[language].answers
    yield from kb.languages
    yield from more


def _words_with(kb: KnowledgeBase, treatment_id: str, language: str, topic: str) -> TreatmentWords:
    of_treatment = kb.treatments[treatment_id].words
    return next(
        of_treatment[code]
        for code in _chain(kb, language)
        if code in of_treatment and topic in of_treatment[code].topics
    )
