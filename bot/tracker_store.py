"""Rasa's tracker rows in the database that the settings name.

Stands behind step 6 of the message path: conversation state between two messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import make_url
from sqlalchemy.orm.session import Session, sessionmaker

from bot.database import open_url
from bot.settings import Settings


class ClinicTrackerStore(SQLTrackerStore):
    """An SQLTrackerStore that takes a URL, so that SQLite and PostgreSQL are set the same way."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        settings = Settings.from_env()
        settings.var_dir.mkdir(parents=True, exist_ok=True)
        url = make_url(settings.tracker_database)
        super().__init__(
            domain=domain,
            dialect=url.drivername,
            host=url.host,
            port=url.port,
            db=url.database or "",
            username=url.username,
            password=url.password,
            event_broker=event_broker,
            query=dict(url.query) or None,
            **kwargs,
        )
        if url.get_backend_name() == "sqlite":
            # Rasa stores inside the event loop: with SQLite's own defaults each commit waits for
            # the disk several times, and everybody waits with it.
            engine, self.engine = self.engine, open_url(settings.tracker_database)  # type: ignore[has-type]
            engine.dispose()
            self.sessionmaker = sessionmaker(bind=self.engine)
        self._stored: dict[str, int] = {}  # events of a conversation, counted for its next rows

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Hand what is new to the transcript; Rasa would read the whole conversation to tell."""
        self._stored.pop(tracker.sender_id, None)
        if self.event_broker is None:
            return
        with self.session_scope() as session:
            new = list(self._additional_events(session, tracker))
        await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        # `save` comes at once and asks again; nobody else writes to a conversation meanwhile
        self._stored[tracker.sender_id] = len(tracker.events) - len(new)

    def _additional_events(
        self, session: Session, tracker: DialogueStateTracker
    ) -> Iterator[Event]:
        stored = self._stored.pop(tracker.sender_id, None)
        if stored is None:
            found: Iterator[Event] = super()._additional_events(session, tracker)
            return found
        return islice(tracker.events, stored, None)
