"""Reads values out of JSON that others wrote, trusting no shape: what does not fit is empty.

Step 1 of the message path, for the webhook's parser.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any


def time(value: Any) -> datetime:
    """Seconds since 1970 as the platform writes them; now where that makes no sense."""
    try:
        return datetime.fromtimestamp(int(value), timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return datetime.now(timezone.utc)


def digits(value: Any) -> str:
    """A phone number's digits; empty for anything else."""
    number = text(value).lstrip("+")
    return number if number.isascii() and number.isdigit() else ""


def text(value: Any) -> str:
    """A text that every database can store."""
    # PostgreSQL cannot store NUL; lone surrogates cannot be encoded at all.
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def mapping(value: Any) -> dict[str, Any]:
    """An object."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
