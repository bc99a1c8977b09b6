"""CSV files that a spreadsheet can open without running what a patient typed.

Beside the message path, under the console's downloads.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from starlette.responses import Response

# A cell that starts so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe(value: Any) -> Any:
    """A cell's value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff\u200b").startswith(_FORMULA):
        return "'" + value
    return value


def csv_response(rows: Iterable[Sequence[Any]], name: str) -> Response:
    """A download; the mark at its start tells spreadsheets that it is UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows([safe(value) for value in row] for row in rows)
    return Response(
        "\ufeff" + text.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
