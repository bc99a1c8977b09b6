"""Deletes what is older than the settings allow: raw tracker rows, then transcripts.

Runs in the bot's process from its start on, once an hour; nothing on the message path waits.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.database import connect, now, open_url, upgrade
from bot.person_data import PersonData
from bot.settings import Settings
from bot.transcript_rebuild import rebuild
from bot.transcript_tables import conversations, feedback, messages

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3600
CHUNK = 200  # conversations deleted in one transaction: messages being written wait this long


def purge_tracker(engine: Engine, before: datetime) -> int:
    """Delete Rasa's tracker rows (raw text) older than `before`; returns how many."""
    if not sa.inspect(engine).has_table("events"):
        return 0
    statement = sa.text("DELETE FROM events WHERE timestamp < :before")
    with engine.begin() as connection:
        count: int = connection.execute(statement, {"before": before.timestamp()}).rowcount
    if count:
        PersonData(engine).scrub()
    return count


def purge_transcript(engine: Engine, before: datetime) -> int:
    """Delete what was said before `before`, whole conversations where nothing later was said.

    Returns how many conversations were deleted or cut.
    """
    count, people = 0, PersonData(engine)
    while chunk := _ended(engine, before):
        people.delete(chunk)
        count += len(chunk)
    while chunk := _going_on(engine, before):
        for conversation in chunk:
            _cut(engine, conversation, before)
        count += len(chunk)
    if count:
        people.scrub()
    return count


def purge(settings: Settings, engine: Engine, tracker: Engine) -> None:
    """Purge everything by the settings."""
    raw = purge_tracker(tracker, now() - timedelta(hours=settings.tracker_retention_hours))
    old = purge_transcript(engine, now() - timedelta(days=settings.transcript_retention_days))
    if raw or old:
        logger.info("Retention: %d tracker rows and %d conversations deleted", raw, old)


def start(settings: Settings) -> threading.Thread:
    """Purge now and every hour from a thread that ends with the process."""

    def work() -> None:
        engine, tracker = connect(settings), open_url(settings.tracker_database)
        while True:
            try:
                upgrade(engine)
                purge(settings, engine, tracker)
            except Exception:
                logger.exception("Retention: nothing was deleted; next attempt in an hour")
            time.sleep(EVERY_SECONDS)

    thread = threading.Thread(target=work, name="retention", daemon=True)
    thread.start()
    return thread


def _ended(engine: Engine, before: datetime) -> list[str]:
    query = sa.select(conversations.c.id).where(conversations.c.last_at < before).limit(CHUNK)
    with engine.connect() as connection:
        return list(connection.scalars(query))


def _going_on(engine: Engine, before: datetime) -> list[str]:
    query = sa.select(messages.c.conversation_id).where(messages.c.at < before)
    with engine.connect() as connection:
        return list(connection.scalars(query.distinct().limit(CHUNK)))


def _cut(engine: Engine, conversation: str, before: datetime) -> None:
    with engine.begin() as connection:
        for table in (messages, feedback):
            connection.execute(
                table.delete().where(table.c.conversation_id == conversation, table.c.at < before)
            )
        rebuild(connection, conversation)
