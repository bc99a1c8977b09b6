"""The transcript: every message in both directions, as staff review it.

Step 10 of the message path. Rasa's event broker hands the events over; channels add patients'
verdicts and the replies that were given without Rasa.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from bot import retention
from bot.database import connect
from bot.redaction import redact
from bot.settings import Settings
from bot.transcript_events import EventReader, incoming, outgoing
from bot.transcript_recorder import Recorder

logger = logging.getLogger(__name__)


class TranscriptBroker(EventBroker):
    """The event broker that endpoints.yml names."""

    def __init__(self, recorder: Recorder, reader: EventReader) -> None:
        self.recorder = recorder
        self._reader = reader

    @classmethod
    async def from_endpoint_config(
        cls,
        broker_config: EndpointConfig,
        event_loop: asyncio.AbstractEventLoop | None = None,
    ) -> TranscriptBroker:
        settings = Settings.from_env()
        retention.start(settings)
        return cls(recorder(settings), EventReader(clinic_contacts()))

    def publish(self, event: dict[str, Any]) -> None:
        try:
            entry = self._reader.read(event)
        except Exception:
            # A patient's answer must not fail because its record is odd.
            logger.exception("Transcript: an event of %s cannot be read", event.get("sender_id"))
            return
        if entry is not None:
            self.recorder.submit(entry)

    def is_ready(self) -> bool:
        return self.recorder.healthy()

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.recorder.close)
        recorder.cache_clear()


@lru_cache(maxsize=1)
def recorder(settings: Settings) -> Recorder:
    """This process's recorder."""
    return Recorder(connect(settings), settings.var_dir / "transcript")


def healthy(settings: Settings | None = None) -> bool:
    """Whether the database stores what is said; `/ready` asks."""
    return recorder(settings or Settings.from_env()).healthy()


def record_feedback(
    conversation_id: str,
    turn_id: str,
    value: str,
    reason: str | None = None,
    settings: Settings | None = None,
) -> None:
    """A patient's verdict on the reply to one message: `up` or `down`, the last one counts.

    Raises:
        ValueError: the value is neither.
    """
    if value not in ("up", "down"):
        raise ValueError(f"feedback {value!r}: expected up or down")
    recorder(settings or Settings.from_env()).submit(
        {
            "type": "feedback",
            "conversation_id": conversation_id,
            "turn_id": turn_id,
            "value": value,
            "reason": redact(reason)[:1000] if reason else None,
            "at": time.time(),
        }
    )


def record_turn(
    *,
    conversation_id: str,
    turn_id: str,
    channel: str,
    text: str,
    reply: str,
    record: Mapping[str, Any],
    received_at: float,
    metadata: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
) -> None:
    """A turn that Rasa did not answer, so that its tracker tells nothing: time-out, failure."""
    target = recorder(settings or Settings.from_env())
    same: dict[str, Any] = {
        "conversation_id": conversation_id,
        "turn_id": turn_id,
        "channel": channel,
    }
    target.submit(
        incoming(**same, text=text, at=received_at, parsed={}, metadata=metadata or {}),
    )
    keep = clinic_contacts()
    target.submit(
        outgoing(
            **same, text=reply, at=time.time(), received_at=received_at, record=record, keep=keep
        ),
    )


@lru_cache(maxsize=1)
def clinic_contacts() -> frozenset[str]:
    """The clinic's own numbers and addresses: replies show them, so they are not redacted."""
    from knowledge.loader import load

    clinic = load().clinic
    own = {clinic.phone, clinic.email, clinic.whatsapp, clinic.website, clinic.emergency_line}
    numbers = {*clinic.emergency_numbers.values(), *clinic.crisis_lines.values()}
    return frozenset(item for item in own | numbers if item)
