"""What an action decided, as a value in no language: which statements, which choices, what to keep.

Stands between steps 7 and 8 of the message path: actions return it, `actions.reply` words it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Name:
    """Something of the knowledge base, named in the patient's language when it is worded."""

    kind: str  # treatment, short_treatment, condition, topic or language
    id: str


@dataclass(frozen=True)
class Say:
    """A phrase of knowledge/phrases by its dotted key."""

    key: str
    values: Mapping[str, str | Name] = field(default_factory=dict)


@dataclass(frozen=True)
class InLanguage:
    """A phrase in a language of its own, whatever the reply's language is."""

    language: str
    key: str


@dataclass(frozen=True)
class Stated:
    """What the documents state on a topic of a treatment."""

    treatment: str
    topic: str


@dataclass(frozen=True)
class Unstated:
    """A topic of a treatment on which the documents say nothing."""

    treatment: str
    topic: str


@dataclass(frozen=True)
class Ruled:
    """What the documents rule for a condition; `rule` is the listed condition, None if none is."""

    treatment: str
    condition: str
    rule: str | None


@dataclass(frozen=True)
class Compared:
    """One topic of several treatments side by side, stated or not."""

    topic: str
    treatments: tuple[str, ...]


@dataclass(frozen=True)
class TreatmentList:
    """The names of all treatments."""


@dataclass(frozen=True)
class ClinicLine:
    """One value of clinic.yml, or the phrase that it is not filled in."""

    field: str  # cost, booking, address or hours


@dataclass(frozen=True)
class Contact:
    """Every way to reach a person that the clinic has filled in."""


Part: TypeAlias = (
    Say | InLanguage | Stated | Unstated | Ruled | Compared | TreatmentList | ClinicLine | Contact
)


@dataclass(frozen=True)
class Choice:
    """A button: its title, and the intent that it stands for."""

    title: Say | Name
    intent: str
    treatment: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Outcome:
    """One turn's reply before it is worded, and what the conversation keeps of it."""

    kind: str  # one of the kinds of the structured record
    parts: tuple[Part, ...]
    choices: tuple[Choice, ...] = ()
    treatments: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()  # intents without `ask_`
    keep: Mapping[str, Any] = field(default_factory=dict)  # slots to set, beside the frame's own
    language: str | None = None  # answer in this language rather than in the turn's
    urgent: bool = False  # nothing may stand before the text, nor offer another subject after it

    def keeping(self, **slots: Any) -> Outcome:
        """The same outcome with more slots to set."""
        return replace(self, keep={**self.keep, **slots})
