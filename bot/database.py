"""The bot's own database: SQLite by default, PostgreSQL by URL, moved forward by migrations.

Stands under steps 1 and 10 of the message path, the staff console and the privacy commands.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool, StaticPool

from bot.settings import Settings

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

# Constraint names are fixed, so that a migration can name what it drops.
metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite only counts up by itself on a column that is exactly INTEGER.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class UtcDateTime(sa.types.TypeDecorator):
    """An aware datetime, stored and returned in UTC on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=timezone.utc)
        return value.astimezone(timezone.utc)


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(timezone.utc)


def connect(settings: Settings) -> Engine:
    """Open the database of the settings. Cheap: connections are made when first used."""
    return open_url(settings.database)


def open_url(url: str) -> Engine:
    """Open a database by its SQLAlchemy URL and set it up for several processes at once."""
    parsed = sa.engine.make_url(url)
    options: dict[str, Any] = {"json_serializer": _to_json, "future": True}
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed, pool_pre_ping=True, **options)
    if parsed.database in (None, "", ":memory:"):
        options["poolclass"] = StaticPool
    else:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        # SQLAlchemy 1.4 would open the file for every transaction; closing it the last time
        # moves the log into it, which waits for the disk ten times as long as a commit.
        options["poolclass"] = QueuePool
    engine = sa.create_engine(parsed, connect_args={"check_same_thread": False}, **options)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def upgrade(engine: Engine, revision: str = "heads") -> None:
    """Move the database forward to `revision`; does nothing where it is there already.

    Safe to call from several processes at once: the others wait for the first.
    """
    from alembic import command
    from alembic.config import Config

    config = Config(str(MIGRATIONS / "alembic.ini"))
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _one_at_a_time(engine), engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def insert_ignore(connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> int:
    """Insert rows, leaving out those that a unique key has already; returns how many went in."""
    return sum(
        connection.execute(
            upsert(connection, table).values(**row).on_conflict_do_nothing()
        ).rowcount
        for row in rows
    )


def upsert(connection: Connection, table: sa.Table) -> Any:
    """An INSERT of the connection's dialect, to which ON CONFLICT can be added."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    return insert(table)


def _to_json(value: Any) -> str:
    # Real Unicode, so that stored JSON can be read and searched in every script.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-32768")
    cursor.execute("PRAGMA mmap_size=1073741824")
    # What is erased must not stay readable in the file.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT pg_advisory_lock(707070)"))
            try:
                yield
            finally:
                connection.execute(sa.text("SELECT pg_advisory_unlock(707070)"))
    elif engine.url.database in (None, "", ":memory:"):
        yield
    else:
        with Path(f"{engine.url.database}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
