"""clinic.yml: what only the clinic knows. Empty or null means that it is not filled in.

Called by `knowledge.loader`.
"""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.fields import Fields
from knowledge.model import Clinic


def read_clinic(fields: Fields) -> Clinic:
    """The clinic's own values."""
    clinic = Clinic(
        country=fields.text("country"),
        name=fields.text_map("name"),
        phone=fields.optional_text("phone"),
        email=fields.optional_text("email"),
        whatsapp=fields.optional_text("whatsapp"),
        website=fields.optional_text("website"),
        address=_by_language(fields, "address"),
        hours=_by_language(fields, "hours"),
        cost=_by_language(fields, "cost"),
        booking=_by_language(fields, "booking"),
        emergency_line=fields.optional_text("emergency_line"),
        emergency_numbers=fields.text_map("emergency_numbers"),
        crisis_lines=fields.text_map("crisis_lines", required=False),
    )
    fields.done()
    if not (clinic.phone or clinic.email or clinic.whatsapp):
        fields.problem("phone", "fill in phone, email or whatsapp: patients need a way to a person")
    if clinic.country not in clinic.emergency_numbers:
        fields.problem(
            "emergency_numbers", f"has no number for the clinic's country {clinic.country!r}"
        )
    return clinic


def _by_language(fields: Fields, key: str) -> Mapping[str, str] | None:
    return fields.text_map(key, required=False) or None
