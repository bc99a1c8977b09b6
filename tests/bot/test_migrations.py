"""An old database moves forward without losing a row, and ends as the tables are described."""

from __future__ import annotations

import threading
import warnings

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import bot.channels.messaging_tables
import bot.channels.web_store
import bot.console.tables  # noqa: F401 - the tables of every area are compared
from bot.database import MIGRATIONS, metadata, open_url, upgrade

OLD = [
    "INSERT INTO conversations (id, channel, language, started_at, last_at)"
    " VALUES ('web-1', 'web', 'bn', '2026-01-01 10:00:00', '2026-01-01 10:05:00')",
    "INSERT INTO messages (conversation_id, turn_id, direction, text, at)"
    " VALUES ('web-1', 't1', 'in', 'ব্যথা হবে?', '2026-01-01 10:00:00')",
    "INSERT INTO conversation_search (conversation_id, tokens) VALUES ('web-1', 'ব্যথা হবে')",
    "INSERT INTO feedback (conversation_id, turn_id, value, at)"
    " VALUES ('web-1', 't1', 'down', '2026-01-01 10:01:00')",
    "INSERT INTO daily_counts VALUES ('2026-01-01', 'web', 'bn', 'messages', 'in', 1)",
]


def test_the_migrations_are_one_chain() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_an_old_database_moves_forward_with_its_rows(database_url: str) -> None:
    engine = open_url(database_url)
    upgrade(engine, "0001_transcript")
    with engine.begin() as connection:
        for statement in OLD:
            connection.execute(sa.text(statement))
    upgrade(engine)
    conversations = metadata.tables["conversations"]
    with engine.connect() as connection:
        row = connection.execute(sa.select(conversations)).mappings().one()
        texts = connection.scalars(sa.text("SELECT text FROM messages")).all()
    assert (row["id"], row["review_state"], row["tags"]) == ("web-1", "new", ",")
    assert row["acknowledged"] is False
    assert texts == ["ব্যথা হবে?"]


def test_the_migrated_database_is_as_the_code_describes_it(engine: sa.engine.Engine) -> None:
    def ours(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        if kind == "column" and name == "vector":  # PostgreSQL's search index, made by SQL
            return False
        if kind == "index" and name == "ix_conversation_search_vector":
            return False
        return not (kind == "table" and str(name).startswith("conversation_fts"))

    with engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": False}
        )
        assert compare_metadata(context, metadata) == []


def test_several_processes_may_start_at_once(database_url: str) -> None:
    errors: list[BaseException] = []

    def start() -> None:
        try:
            upgrade(open_url(database_url))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
