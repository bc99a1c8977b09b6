"""The shape of the knowledge base: frozen dataclasses, filled by `knowledge.loader`.

Stands under step 8 of the message path; the matchers of step 4 read their aliases from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Ruling(str, Enum):
    """What a document rules about a health condition for one treatment."""

    SUITABLE = "suitable"
    NOT_SUITABLE = "not_suitable"
    NEEDS_CLEARANCE = "needs_clearance"


@dataclass(frozen=True)
class Language:
    """One variety that patients write, from languages.yml."""

    code: str  # "bn-Latn"
    name: str  # in the language itself: "Français"
    answers: str  # code of the language of the replies unless the patient asks otherwise
    locale: str  # CLDR locale for numbers and units: "bn"
    script: str  # Unicode script that most letters belong to: "Latin", "Bengali", "Han"
    spacy: str  # code of spaCy's blank pipeline
    prior: float  # share of messages expected in this variety, sums to 1 over all
    countries: tuple[str, ...]  # ISO 3166 codes whose WhatsApp numbers start in this language
    digits: str = "0123456789"  # zero to nine as it writes them
    spaced: bool = True  # whether the script puts spaces between words


@dataclass(frozen=True)
class Source:
    """Where a statement comes from: one section of one of the clinic's documents."""

    document: str  # id in documents.yml: "glutathione"
    section: str  # heading, as printed in the document
    language: str  # language of that section


@dataclass(frozen=True)
class Section:
    """One part of one of the clinic's documents, under its heading in each language it is in."""

    document: str  # id of a Document
    headings: Mapping[str, str]  # language -> heading as printed; the first is the reference

    def source(self, language: str | None = None) -> Source:
        """The section to name to a reader of a language: in that language, else the reference."""
        code = language if language and language in self.headings else next(iter(self.headings))
        return Source(self.document, self.headings[code], code)


@dataclass(frozen=True)
class Measure:
    """A number with its unit, held once. low == high for a single number."""

    low: int
    high: int
    unit: str  # minute, hour, day, week, session

    def __str__(self) -> str:
        """As facts.yml writes it."""
        number = f"{self.low}-{self.high}" if self.low != self.high else str(self.low)
        return f"{number} {self.unit}"


@dataclass(frozen=True)
class Topic:
    """What the documents state on one topic of one treatment, language-free."""

    stated: bool
    sections: tuple[Section, ...]  # empty only where stated is False
    measures: tuple[str, ...]  # names of the treatment's measures that the sentence uses

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources under the headings of reference."""
        return tuple(section.source() for section in self.sections)

    def sources_in(self, language: str) -> tuple[Source, ...]:
        """The sources as a reader of a language would find them."""
        return tuple(section.source(language) for section in self.sections)


@dataclass(frozen=True)
class ConditionRule:
    """What the documents rule about one health condition."""

    ruling: Ruling
    section: Section

    @property
    def source(self) -> Source:
        """The source under the heading of reference."""
        return self.section.source()


@dataclass(frozen=True)
class TreatmentWords:
    """The words of one treatment in one language."""

    name: str  # full name, for sentences
    short_name: str  # at most 20 graphemes, for buttons
    aliases: tuple[str, ...]  # what patients call it, the names included, longest first
    topics: Mapping[str, str]  # topic -> answer with {measure} placeholders, stated topics only
    related: Mapping[str, str]  # topic that is not stated -> what the documents say near it
    conditions: Mapping[str, str]  # condition id -> the rule in words ("Severe allergy to ...")
    # names that are an everyday word of some language, too: "IL"; see bot/nlu/matching.py
    abbreviations: tuple[str, ...] = ()
    # lists of words: one of each list in a message without a name stands for the treatment
    cues: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Treatment:
    id: str
    topics: Mapping[str, Topic]  # every topic of the design
    measures: Mapping[str, Measure]
    conditions: Mapping[str, ConditionRule]
    words: Mapping[str, TreatmentWords]  # by language code, input varieties included


@dataclass(frozen=True)
class Condition:
    """A health condition. A narrower one falls under the rules of its parents."""

    id: str
    parents: tuple[str, ...]
    names: Mapping[str, str]  # by language
    aliases: Mapping[str, tuple[str, ...]]  # by language, the name included


Rule = tuple[str, ...]  # regular expressions over normalised text that must all match


@dataclass(frozen=True)
class RedFlag:
    """One kind of emergency in one language, matched by `knowledge.emergencies`.

    What `unless` and `questions` match is taken out of a message first. If a pattern matches
    what is left, the flag is raised; if one matches only inside a question, it is mentioned.
    """

    id: str  # breathing, swelling, collapse, chest_pain, bleeding, paralysis, spinal_infection, ...
    patterns: tuple[Rule, ...]
    unless: tuple[Rule, ...]  # negation, past events, other meanings
    questions: tuple[Rule, ...]  # general questions: "is chest pain a side effect"
    alike: tuple[tuple[str, str], ...] = ()  # spelling typed -> spelling of the patterns
    mentions: tuple[Rule, ...] = ()  # words that never raise the flag, only mention it: "paralysis"


@dataclass(frozen=True)
class Document:
    id: str
    title: Mapping[str, str]  # by answer language


@dataclass(frozen=True)
class Clinic:
    """clinic.yml: what only the clinic knows. None where it has not filled a value in."""

    country: str  # ISO 3166, decides the default emergency number
    name: Mapping[str, str]
    phone: str | None
    email: str | None
    whatsapp: str | None
    website: str | None
    address: Mapping[str, str] | None
    hours: Mapping[str, str] | None
    cost: Mapping[str, str] | None  # by language
    booking: Mapping[str, str] | None
    emergency_line: str | None  # the clinic's own line for urgent calls
    emergency_numbers: Mapping[str, str]  # ISO 3166 -> number to dial ("BD": "999")
    crisis_lines: Mapping[str, str]  # ISO 3166 -> self-harm help line


@dataclass(frozen=True)
class KnowledgeBase:
    languages: Mapping[str, Language]  # input varieties, in the order of languages.yml
    treatments: Mapping[str, Treatment]
    conditions: Mapping[str, Condition]
    documents: Mapping[str, Document]
    clinic: Clinic
    red_flags: Mapping[str, tuple[RedFlag, ...]]  # by language
    # answer language -> dotted key -> text ("buttons.side_effects")
    phrases: Mapping[str, Mapping[str, str]]
    # variety -> language code -> what patients call that language
    language_names: Mapping[str, Mapping[str, tuple[str, ...]]]
    not_offered: Mapping[str, tuple[str, ...]]  # variety -> names of treatments that are not ours
    topics: tuple[str, ...]  # intents `ask_*` that are answered from the documents, without `ask_`

    @property
    def answer_languages(self) -> tuple[str, ...]:
        """Codes of the languages that replies exist in, in order."""
        return tuple(code for code in self.languages if code in self.phrases)

    @property
    def expected_languages(self) -> tuple[str, ...]:
        """Codes of the languages that replies must exist in, whether they do yet or not."""
        answered_in = {language.answers for language in self.languages.values()}
        return tuple(c for c in self.languages if c in answered_in or c in self.phrases)
