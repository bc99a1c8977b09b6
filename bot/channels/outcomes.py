"""What a platform's answer to a message of ours means for that message.

Step 9 of the message path. Codes: Meta's Cloud API error reference (2026) and Twilio's error
dictionary; what to do about each follows the clinic's rules for WhatsApp.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum

LONGEST_WAIT = 900.0  # seconds


class Verdict(Enum):
    """What to do; the value is what staff read in a notice's detail."""

    SENT = "sent"
    RETRY = "retries used up"
    UNKNOWN = "no answer"  # it may have been sent: only a status tells
    NUMBERED = "buttons refused"  # once more, with the choices as numbers in the text
    WINDOW = "24 hours over"
    OPTED_OUT = "opted out"
    UNDELIVERABLE = "undeliverable"
    ACCOUNT = "account or settings"


_RETRY = {1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133016}
_PAIR_RATE = 131056  # too many messages to one person: wait 4^n seconds
_ACCOUNT = {0, 3, 10, 190, 368, 130497, 131005, 131030, 131031, 131037, 131042, 131045}
_BODY = {100, 131008, 131009}
_WHATSAPP = {131047: Verdict.WINDOW, 131050: Verdict.OPTED_OUT}

_TWILIO = {
    63016: Verdict.WINDOW,
    21610: Verdict.OPTED_OUT,
    63018: Verdict.RETRY,
    20429: Verdict.RETRY,
    20500: Verdict.RETRY,
    20003: Verdict.ACCOUNT,
    21606: Verdict.ACCOUNT,
    63007: Verdict.ACCOUNT,
}


@dataclass(frozen=True)
class Outcome:
    """A verdict on one attempt."""

    verdict: Verdict
    message_id: str | None = None  # SENT: the platform's
    code: int | None = None
    retry_after: float | None = None  # seconds, as the platform asked

    def wait(self, attempts: int) -> float:
        """Seconds until the next attempt: 4^n within one person's limit, else doubled each time."""
        base = 4.0**attempts if self.code == _PAIR_RATE else 2.0 ** (attempts - 1)
        # Spread, so that many letters held up together do not come back together.
        wait = min(LONGEST_WAIT, base) * random.uniform(1.0, 1.2)  # noqa: S311 - no secret
        return max(wait, self.retry_after or 0.0)


def judge(
    channel: str, http_status: int, code: int | None, retry_after: float | None = None
) -> Outcome:
    """The outcome of an answer that is not a success."""
    verdict = _by_code(channel, code)
    if verdict is None:
        if http_status == 429 or http_status >= 500:
            verdict = Verdict.RETRY
        elif http_status in (401, 403):
            verdict = Verdict.ACCOUNT
        else:
            verdict = Verdict.UNDELIVERABLE
    return Outcome(verdict, code=code, retry_after=retry_after)


def judge_status(channel: str, code: int | None) -> Outcome:
    """The outcome of a status `failed`, which comes after the platform had taken the message."""
    return Outcome(_by_code(channel, code) or Verdict.UNDELIVERABLE, code=code)


def _by_code(channel: str, code: int | None) -> Verdict | None:
    if code is None:
        return None
    if channel == "twilio":
        return _TWILIO.get(code)
    if code in _RETRY:
        return Verdict.RETRY
    if code in _ACCOUNT or 200 <= code < 300:
        return Verdict.ACCOUNT
    if code in _BODY:
        return Verdict.NUMBERED
    return _WHATSAPP.get(code)
