"""How alembic reaches the database: the connection it is given, else the one of the settings.

Run by `bot.database.upgrade`, which every process calls when it starts.
"""

from __future__ import annotations

from alembic import context

from bot.database import connect, metadata
from bot.settings import Settings


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        context.configure(connection=given, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
        return
    with connect(Settings.from_env()).begin() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()


run()
