"""The country of a messaging address, by the number's calling code or the user id's prefix.

Step 1 of the message path: it decides the emergency number and the first language.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from bot.channels.arrivals import Address

CODES = Path(__file__).resolve().parent / "calling_codes.yml"
LONGEST = 7  # digits of a calling code with its area


def country_of(address: Address) -> str | None:
    """ISO 3166 code, None if it is not known. The user id's prefix counts where there is no number.

    "8801711..." -> BD; "14165550100" -> CA; "BD.1349..." -> BD; "BD.ENT.118..." -> BD
    """
    if address.wa_id:
        codes = calling_codes()
        for length in range(LONGEST, 0, -1):
            if address.wa_id[:length] in codes:
                return codes[address.wa_id[:length]]
    prefix = (address.user_id or "").split(".")[0]
    return prefix if len(prefix) == 2 and prefix.isascii() and prefix.isalpha() else None


@lru_cache(maxsize=1)
def calling_codes() -> dict[str, str]:
    """Leading digits -> ISO 3166 code, read once."""
    by_country = yaml.safe_load(CODES.read_text(encoding="utf-8"))
    return {code: country for country, codes in by_country.items() for code in codes.split()}
