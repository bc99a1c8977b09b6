"""An empty database on SQLite and on PostgreSQL, migrated to the newest form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.bench.private_postgres import PrivatePostgres, private_postgres
from bot.database import open_url, upgrade
from bot.settings import Settings


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """A server of our own. Not skipped where it is missing: both databases must work."""
    with private_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'polyclinic.db'}"
    server: PrivatePostgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a bot that lives in a temporary folder."""
    return Settings(
        var_dir=tmp_path / "var",
        database_url=database_url,
        tracker_database_url=f"sqlite:///{tmp_path / 'tracker.db'}",
        secret_key="a secret for tests alone",
    )


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The database of `settings`, migrated."""
    engine = open_url(database_url)
    upgrade(engine)
    yield engine
    engine.dispose()
