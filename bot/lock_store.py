"""Keeps one patient's messages in order, handing over the moment one is answered.

Stands between steps 1 and 2 of the message path; named in endpoints.yml.
"""

from __future__ import annotations

import asyncio
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore
from rasa.utils.endpoints import EndpointConfig


class PromptLockStore(InMemoryLockStore):
    """Rasa's own stores look once a second whether it is a waiting message's turn; this is told.

    For one process. Several processes need Rasa's Redis store: `type: redis`.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None, **kwargs: Any) -> None:
        super().__init__()
        self._released: dict[str, asyncio.Event] = {}

    async def _acquire_lock(
        self, conversation_id: str, ticket: int, wait_time_in_seconds: float
    ) -> TicketLock:
        while True:
            lock = self.get_lock(conversation_id)
            if lock is None or not lock.is_locked(ticket):
                return await super()._acquire_lock(conversation_id, ticket, wait_time_in_seconds)
            released = self._released.setdefault(conversation_id, asyncio.Event())
            # The wait also ends by itself, in case a holder's ticket expires.
            try:
                await asyncio.wait_for(released.wait(), wait_time_in_seconds)
            except asyncio.TimeoutError:
                self.update_lock(conversation_id)

    def cleanup(self, conversation_id: str, ticket_number: int) -> None:
        super().cleanup(conversation_id, ticket_number)
        released = self._released.pop(conversation_id, None)
        if released is not None:
            released.set()
