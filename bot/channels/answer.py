"""What one arrival leads to: the end of its row in the inbox and the replies for the outbox.

Between steps 8 and 9 of the message path; made by answering.py, stored by inbox.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.reply import Reply


@dataclass(frozen=True)
class Answer:
    """Stored in one transaction with the end of the arrival."""

    language: str
    replies: tuple[Reply, ...] = ()
    state: str = "done"  # of the inbox: done | folded | failed
    counted: str = "processed"
    person: Mapping[str, Any] = field(default_factory=dict)  # columns that change
    notice: tuple[str, str] | None = None  # kind, detail
