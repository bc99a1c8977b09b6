"""What only the clinic knows: cost, booking, address, hours and how to reach a person.

Step 7 of the message path. A value that is not filled in is said to be missing.
"""

from __future__ import annotations

from collections.abc import Iterable

from actions import choices
from actions.outcome import ClinicLine, Contact, Outcome, Part, Say

# Intent -> the values of clinic.yml that answer it.
CLINIC_FIELDS = {
    "ask_cost": ("cost",),
    "book_appointment": ("booking",),
    "ask_clinic_info": ("hours", "address"),
}


def clinic_parts(asked: Iterable[str]) -> tuple[Part, ...]:
    """The values asked for, then every way to reach the clinic."""
    lines = [ClinicLine(field) for intent in asked for field in CLINIC_FIELDS.get(intent, ())]
    return (*lines, Contact()) if lines else ()


def handoff() -> Outcome:
    """A concrete way to reach a person."""
    return Outcome(
        "handoff",
        (Say("answer.handoff"), Contact()),
        choices=(choices.question("book_appointment"), choices.question("ask_clinic_info")),
    )
