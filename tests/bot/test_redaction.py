"""Contact data and identity numbers go, numbers about a treatment stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import redact, redact_tree

GONE = [
    ("mail me at a.b+c@exa-mple.co.uk please", "mail me at [email] please"),
    ("foo＠gmail.com", "[email]"),
    ("john (at) gmail.com", "[email]"),
    ("jean [arobase] orange.fr", "[email]"),
    ("আমার নম্বর ০১৭১১-২৩৪৫৬৭", "আমার নম্বর [phone]"),
    ("call +880 1711 234567 today", "call [phone] today"),
    ("+33 6 12 34 56 78", "[phone]"),
    ("06 12 34 56 78 merci", "[phone] merci"),
    ("0033612345678", "[phone]"),
    ("手机13812345678。", "手机[phone]。"),
    ("138 1234 5678", "[phone]"),
    ("(212) 555-1234", "[phone]"),
    ("555-123-4567", "[phone]"),
    ("０１７１１２３４５６７", "[phone]"),
    ("+८८०१७११२३४५६७", "[phone]"),
    ("٠١٧١١٢٣٤٥٦٧", "[phone]"),
    ("0 1 7 1 1 2 3 4 5 6 7", "[phone]"),
    ("017\u200b11234567", "[phone]"),
    ("一三八零零一三八零零零", "[phone]"),
    ("card 4111 1111 1111 1111 ok", "card [card] ok"),
    ("4111111111111111", "[card]"),
    ("SSN 123-45-6789", "SSN [id]"),
    ("11010519491231002X", "[id]"),
    ("身份证110105194912310021", "身份证[id]"),
    ("2 84 05 2A 123 456 78", "[id]"),
    ("FR76 3000 6000 0112 3456 7890 189", "[id]"),
    ("passport AB1234567", "passport [id]"),
    ("AB 12 34 56 C", "[id]"),
]
STAYS = [
    "6-10 sessions of 15-30 min, 1-2 weeks apart, 24-48 h",
    "৬-১০ সেশন ১৫-৩০ মিনিট",
    "15–30 分钟，6–10 次",
    "on 2024-05-12 at 10:30",
    "12/05/2024",
    "12-05-2024 10:30",
    "12.05.2024-15.05.2024",
    "২০২৪-০৫-১২",
    "20240512",
    "2019 2020",
    "1000-2000 mg",
    "500 mg 2 x 3",
    "blood pressure 120/80, 98.6",
    "1.5-2.5 ml, 10 20 30 40",
    "call 999 or 16263",
    "look @ this",
    "L4-L5, C5-C6",
    "一次三十分钟",
]


@pytest.mark.parametrize(("text", "expected"), GONE)
def test_personal_data_goes(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize("text", STAYS)
def test_numbers_about_a_treatment_stay(text: str) -> None:
    assert redact(text) == text


def test_the_clinics_own_contact_stays() -> None:
    keep = ["+8801711000000", "info@clinic.example"]
    text = "Call +880 1711-000000 or info@clinic.example"
    assert redact(text, keep) == text
    assert redact("Call +880 1711-000001", keep) == "Call [phone]"


def test_every_text_inside_a_record_is_redacted() -> None:
    assert redact_tree({"a": ["01711234567", 7], "b": {"c": "x@y.com"}, "d": None}) == {
        "a": ["[phone]", 7],
        "b": {"c": "[email]"},
        "d": None,
    }


@given(st.text())
def test_any_text_can_be_redacted_twice(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
