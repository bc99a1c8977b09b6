"""Takes contact data and identity numbers out of a text before anything is written down.

Stands at step 10 of the message path, in front of the transcript, its journal and its search.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

EMAIL, PHONE, CARD, IDENTITY = "[email]", "[phone]", "[card]", "[id]"

# Everything below runs over a shadow of the text in which each character stands where it stood,
# with the digits of every script as ASCII and full-width signs as their plain forms.
_GAP = r"[ \t\u00a0\u2000-\u200d\u202a-\u202e\u2060\u2066-\u2069\ufeff()\[\]./·_‐-―-]"
_EMAIL = re.compile(
    r"[^\s@<>()\[\],;:\"'|]+\s?(?:@|\((?:at|arobase)\)|\[(?:at|arobase)\])\s?"
    r"[^\W_](?:[\w-]*(?:\.|\s?\(dot\)\s?|\s?\[dot\]\s?))+[^\W\d_]{2,}",
    re.IGNORECASE,
)
_IBAN = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![^\W_])", re.IGNORECASE)
_LETTERED = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"\d{17}[xX]"  # Chinese resident number whose check digit is X
    r"|[12] ?\d{2} ?\d{2} ?2[AB] ?\d{3} ?\d{3}(?: ?\d{2})?"  # French number, born in Corsica
    r"|[A-Z]{1,2} ?\d{7,9}"  # passports
    r"|[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]"  # British National Insurance
    r")(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_RUN = re.compile(rf"(?<![^\W_]\.)(?:\+{_GAP}{{0,2}})?\(?\d(?:{_GAP}{{0,3}}\d){{6,}}")
# Chinese numerals read out one by one: zero to nine, their formal forms, "yao" for one.
_NUMERALS = (
    "\u3007\u96f6\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d"
    "\u5e7a\u58f9\u8d30\u53c1\u8086\u4f0d\u9646\u67d2\u634c\u7396\u4e24"
)
_SPOKEN = re.compile(f"[{_NUMERALS}]{{7,}}")
# A text without any of these has nothing to take out; most have none.
_ANYTHING = re.compile(
    rf"[\d@\uff20\ufe6b]|[{_NUMERALS}]{{7}}|[(\[](?:at|arobase)[)\]]", re.IGNORECASE
)
_YEAR = r"(?:19|20)\d\d"
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(
    rf"(?<![\d+])(?<!\d[-/.])(?:{_YEAR}([-/.]){_MONTH}\1{_DAY}(?!\1\d)"
    rf"|{_DAY}([-/.]){_MONTH}\2{_YEAR}(?!\2\d)|{_MONTH}([-/.]){_DAY}\3{_YEAR}(?!\3\d)"
    rf"|{_YEAR}{_GAP}{{1,3}}{_YEAR})(?!\d)"
)
_COMPACT_DATE = re.compile(rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def redact(text: str, keep: Iterable[str] = ()) -> str:
    """Replace e-mail addresses, phone, card and identity numbers by `[email]`, `[phone]` ...

    Numbers about a treatment ("6-10 sessions", "500 mg"), times and dates stay. `keep` are
    addresses and numbers that are not a patient's, such as the clinic's own.
    """
    if not _ANYTHING.search(text):
        return text
    shadow = "".join(map(_plain, text))
    kept = {_essence(item) for item in keep} - {""}
    spans: list[tuple[int, int, str]] = []

    def mark(start: int, end: int, label: str) -> None:
        nonlocal shadow
        if _essence(shadow[start:end]) not in kept:
            spans.append((start, end, label))
        shadow = shadow[:start] + "\0" * (end - start) + shadow[end:]

    for found in _EMAIL.finditer(shadow):
        mark(*found.span(), EMAIL)
    for found in _IBAN.finditer(shadow):
        if _iban_checks(found.group()):
            mark(*found.span(), IDENTITY)
    for found in _LETTERED.finditer(shadow):
        mark(*found.span(), IDENTITY)
    while date := _DATE.search(shadow):
        shadow = shadow[: date.start()] + "\0" * len(date.group()) + shadow[date.end() :]
    for found in _RUN.finditer(shadow):
        label = _label(found.group())
        if label:
            mark(*found.span(), label)
    for found in _SPOKEN.finditer(shadow):
        mark(*found.span(), PHONE)
    for start, end, label in sorted(spans, reverse=True):
        text = text[:start] + label + text[end:]
    return text


def redact_tree(value: Any, keep: Iterable[str] = ()) -> Any:
    """`redact` every text inside lists and mappings; numbers and flags stay."""
    if isinstance(value, str):
        return redact(value, keep)
    if isinstance(value, dict):
        return {name: redact_tree(item, keep) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_tree(item, keep) for item in value]
    return value


def _plain(char: str) -> str:
    if char.isascii():
        return char
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    form = unicodedata.normalize("NFKC", char)
    return form if len(form) == 1 else char


def _essence(text: str) -> str:
    return re.sub(r"[\W_]", "", "".join(map(_plain, text))).casefold()


def _label(run: str) -> str | None:
    """What a run of at least seven digits with gaps is; None for what a treatment may need."""
    digits = re.sub(r"\D", "", run)
    groups = re.findall(r"\d+", run)
    if 13 <= len(digits) <= 19 and _luhn(digits):
        return CARD
    if run.lstrip("(").startswith("+") or (digits.startswith("00") and len(digits) >= 9):
        return PHONE
    if len(groups) == 1:
        if _COMPACT_DATE.fullmatch(digits):
            return None
        if digits.startswith(("0", "1")) and 9 <= len(digits) <= 11:
            return PHONE
        return IDENTITY if len(digits) in (9, 10, 13, 15, 17, 18) else PHONE
    if len(groups) == 2 and all(int(group) % 50 == 0 for group in groups):
        return None  # a range: "1000-2000"
    if digits.startswith("0") and len(digits) >= 8:
        return PHONE
    if [len(group) for group in groups] == [3, 2, 4]:
        return IDENTITY
    if len(digits) >= 13:
        return IDENTITY
    if max(map(len, groups)) >= 4 or (len(digits) >= 9 and max(map(len, groups)) in (1, 3)):
        return PHONE
    return None


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _iban_checks(text: str) -> bool:
    plain = text.replace(" ", "").upper()
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
