"""What the patient gets for one message: text, buttons, and the structured record beside them.

The end of step 8 of the message path; every channel formats it in step 9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Button:
    """A choice. `payload` is sent back: `/ask_pain{"treatment": "glutathione"}`."""

    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """What the patient gets: one message. `record` is the structured record of the design."""

    text: str
    buttons: tuple[Button, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)
