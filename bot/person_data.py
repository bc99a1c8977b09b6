"""Where the databases hold something of one person, and how it is read and deleted.

Beside the message path, under the privacy commands and the retention. The tables are found by
their columns and references, so that a new table is covered from the day it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

# A column of one of these names says whose the row is; the last one is Rasa's.
OWNER_COLUMNS = ("conversation_id", "sender_id")
CONVERSATIONS = "conversations"
# Columns that hold how a person is reached, beside the column of the conversation id.
CONTACT_COLUMNS = ("wa_id", "user_id", "parent_user_id")


class PersonData:
    """The tables of one database that hold something of people."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        found = sa.MetaData()
        found.reflect(engine)
        # A table that others refer to stands before them.
        self.tables: dict[str, sa.Table] = {}
        for table in found.sorted_tables:
            if table.name == CONVERSATIONS or _owner(table) is not None or self._parents(table):
                self.tables[table.name] = table

    def rows_of(self, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """All rows of these conversations, by table."""
        with self._engine.connect() as connection:
            return {
                name: [
                    dict(row)
                    for row in connection.execute(
                        sa.select(table)
                        .where(self._of(table, ids))
                        .order_by(*table.primary_key.columns)
                    ).mappings()
                ]
                for name, table in self.tables.items()
            }

    def delete(self, ids: Sequence[str]) -> dict[str, int]:
        """Delete all rows of these conversations, in one transaction; how many, by table."""
        with self._engine.begin() as connection:
            return {
                name: connection.execute(sa.delete(table).where(self._of(table, ids))).rowcount
                for name, table in reversed(self.tables.items())
            }

    def known(self, ids: Iterable[str]) -> set[str]:
        """Which of these conversations any table knows."""
        wanted = list(ids)
        found: set[str] = set()
        with self._engine.connect() as connection:
            for table in self.tables.values():
                owner = table.c.id if table.name == CONVERSATIONS else _owner(table)
                if owner is not None:
                    query = sa.select(owner).where(owner.in_(wanted)).distinct()
                    found.update(connection.scalars(query))
        return found

    def with_contact(self, forms: Sequence[str]) -> set[str]:
        """Conversations of whoever is reached by one of these identifiers, as stored."""
        found: set[str] = set()
        with self._engine.connect() as connection:
            for table in self.tables.values():
                owner = _owner(table)
                columns = [table.c[name] for name in CONTACT_COLUMNS if name in table.c]
                if owner is None or not columns:
                    continue
                same = sa.or_(*(column.in_(forms) for column in columns))
                found.update(connection.scalars(sa.select(owner).where(same)))
        return found

    def scrub(self) -> None:
        """Take what was deleted out of the files, too: SQLite keeps it in its log and index."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if sa.inspect(connection).has_table("conversation_fts"):
                optimize = "INSERT INTO conversation_fts(conversation_fts) VALUES ('optimize')"
                connection.execute(sa.text(optimize))
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def _parents(self, table: sa.Table) -> list[sa.ForeignKey]:
        return [key for key in table.foreign_keys if key.column.table.name in self.tables]

    def _of(self, table: sa.Table, ids: Sequence[str]) -> Any:
        if table.name == CONVERSATIONS:
            return table.c.id.in_(ids)
        owner = _owner(table)
        if owner is not None:
            return owner.in_(ids)
        return sa.or_(
            *(
                key.parent.in_(
                    sa.select(key.column).where(self._of(key.column.table, ids)).scalar_subquery()
                )
                for key in self._parents(table)
            )
        )


def _owner(table: sa.Table) -> sa.Column | None:
    return next((table.c[name] for name in OWNER_COLUMNS if name in table.c), None)
