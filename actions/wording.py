"""Parts of an outcome as text in one language, with the facts and sources behind them.

Step 8 of the message path, called by `actions.reply`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import singledispatchmethod

from actions.outcome import (
    ClinicLine,
    Compared,
    Contact,
    InLanguage,
    Name,
    Part,
    Ruled,
    Say,
    Stated,
    TreatmentList,
    Unstated,
)
from knowledge import help_lines, render
from knowledge.model import KnowledgeBase, Source


class Wording:
    """One language's words for the parts of a reply."""

    def __init__(self, kb: KnowledgeBase, language: str) -> None:
        self.kb = kb
        self.language = language

    def phrase(self, key: str, **values: str) -> str:
        """A phrase of this language."""
        return render.phrase(self.kb, self.language, key, **values)

    def name(self, name: Name) -> str:
        """Something of the knowledge base, named."""
        namers: Mapping[str, Callable[[str], str]] = {
            "treatment": lambda i: render.name(self.kb, i, self.language),
            "short_treatment": lambda i: render.words(self.kb, i, self.language).short_name,
            "condition": lambda i: render.condition_name(self.kb, i, self.language),
            "topic": lambda i: self.phrase(f"topics.{i}"),
            "document": lambda i: render.document_title(self.kb, i, self.language),
            "language": lambda i: self.kb.languages[i].name,
        }
        return namers[name.kind](name.id)

    def title(self, title: Say | Name) -> str:
        """A button's title."""
        return self.name(title) if isinstance(title, Name) else self.text(title)

    @singledispatchmethod
    def text(self, part: Part) -> str:
        """A part in words; empty where there is nothing to say."""
        raise TypeError(part)

    @text.register
    def _(self, part: Say) -> str:
        values = {
            key: self.name(value) if isinstance(value, Name) else value
            for key, value in part.values.items()
        }
        return self.phrase(part.key, **values)

    @text.register
    def _(self, part: InLanguage) -> str:
        return render.phrase(self.kb, part.language, part.key)

    @text.register
    def _(self, part: Stated) -> str:
        return render.sentence(self.kb, part.treatment, part.topic, self.language)

    @text.register
    def _(self, part: Unstated) -> str:
        return render.not_stated(self.kb, part.treatment, part.topic, self.language)

    @text.register
    def _(self, part: Ruled) -> str:
        values = {
            "condition": render.condition_name(self.kb, part.condition, self.language),
            "treatment": render.name(self.kb, part.treatment, self.language),
        }
        if part.rule is None:
            return _capital(self.phrase("answer.suitability.not_mentioned", **values))
        ruling = self.kb.treatments[part.treatment].conditions[part.rule].ruling
        rule = render.rule_text(self.kb, part.treatment, part.rule, self.language)
        return _capital(self.phrase(f"answer.suitability.{ruling.value}", rule=rule, **values))

    @text.register
    def _(self, part: Compared) -> str:
        heading = self.phrase("answer.compare.topic", topic=self.phrase(f"topics.{part.topic}"))
        lines = [_capital(heading)]
        for treatment in part.treatments:
            stated = self.kb.treatments[treatment].topics[part.topic].stated
            text = (
                render.sentence(self.kb, treatment, part.topic, self.language)
                if stated
                else self.phrase("answer.compare.not_stated")
            )
            name = render.words(self.kb, treatment, self.language).short_name
            lines.append(self.phrase("answer.compare.item", treatment=name, text=text))
        return "\n".join(lines)

    @text.register
    def _(self, part: TreatmentList) -> str:
        names = (render.name(self.kb, treatment, self.language) for treatment in self.kb.treatments)
        return "\n".join(self.phrase("answer.list_item", treatment=name) for name in names)

    @text.register
    def _(self, part: ClinicLine) -> str:
        value = help_lines.clinic_value(self.kb, part.field, self.language)
        if value is None:
            return self.phrase(f"answer.clinic_unknown.{part.field}")
        return self.phrase(f"answer.clinic.{part.field}", value=value)

    @text.register
    def _(self, part: Contact) -> str:
        return help_lines.contact(self.kb, self.language)

    def facts(self, parts: Iterable[Part]) -> tuple[str, ...]:
        """Ids of the facts that the parts state, the same in every language."""
        return tuple(dict.fromkeys(fact for part in parts for fact in self._facts(part)))

    def sources(self, parts: Iterable[Part]) -> tuple[Source, ...]:
        """The documents' sections that the parts rest on, each once."""
        return tuple(dict.fromkeys(source for part in parts for source in self._sources(part)))

    def _facts(self, part: Part) -> tuple[str, ...]:
        if isinstance(part, Stated):
            return render.facts(self.kb, part.treatment, part.topic)
        if isinstance(part, Ruled) and part.rule:
            return (f"{part.treatment}.conditions.{part.rule}",)
        if isinstance(part, Compared):
            return tuple(
                fact
                for treatment in part.treatments
                if self.kb.treatments[treatment].topics[part.topic].stated
                for fact in render.facts(self.kb, treatment, part.topic)
            )
        if isinstance(part, ClinicLine) and help_lines.clinic_value(
            self.kb, part.field, self.language
        ):
            return (f"clinic.{part.field}",)
        if isinstance(part, Contact):
            return tuple(
                f"clinic.{field}"
                for field in help_lines.CONTACT_FIELDS
                if help_lines.clinic_value(self.kb, field, self.language)
            )
        return ()

    def _sources(self, part: Part) -> tuple[Source, ...]:
        if isinstance(part, (Stated, Unstated)):
            return render.sources(self.kb, part.treatment, part.topic, self.language)
        if isinstance(part, Ruled) and part.rule:
            rule = self.kb.treatments[part.treatment].conditions[part.rule]
            return (rule.section.source(self.language),)
        if isinstance(part, Compared):
            return tuple(
                source
                for treatment in part.treatments
                for source in render.sources(self.kb, treatment, part.topic, self.language)
            )
        return ()


def _capital(text: str) -> str:
    """Names stand in the middle of sentences elsewhere; here one begins the line."""
    return text[:1].upper() + text[1:]
