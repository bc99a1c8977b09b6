"""Starts a PostgreSQL server of one's own in a temporary folder, for tests and benchmarks.

Stands beside the message path: nothing that faces a patient uses it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

ACCOUNT = "postgres"  # the server refuses to run as root
START_SECONDS = 60


class NoPostgres(RuntimeError):
    """PostgreSQL's programs are not installed."""


class PrivatePostgres:
    """A running server, reached through a socket in its own folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg2://{ACCOUNT}@/{database}?host={quote(str(self._folder))}"

    def new_database(self) -> str:
        """Make an empty database; returns its URL."""
        name = f"db_{uuid.uuid4().hex[:12]}"
        engine = sa.create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url(name)


def programs() -> Path:
    """The folder of PostgreSQL's server programs, the newest version.

    Raises:
        NoPostgres: with what to install.
    """
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    versions = sorted(folders, key=lambda path: float(path.parts[4]))
    if not versions:
        raise NoPostgres("PostgreSQL is not installed: apt-get install postgresql")
    return versions[-1].parent


@contextmanager
def private_postgres() -> Iterator[PrivatePostgres]:
    """Run a server until the end of the block, then remove it with all it held."""
    # Not below pytest's folders: the path of a socket has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = ACCOUNT if os.geteuid() == 0 else None
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"
    bin_ = programs()

    def run(*command: str) -> None:
        result = subprocess.run(  # noqa: S603 - our own words
            command, user=user, cwd=folder, capture_output=True, text=True, timeout=START_SECONDS
        )
        if result.returncode:
            raise RuntimeError(f"{' '.join(command)} failed: {result.stderr or result.stdout}")

    try:
        run(
            *(str(bin_ / "initdb"), "-D", str(data), "-U", ACCOUNT, "-A", "trust", "-E", "UTF8"),
            *("--locale=C.UTF-8", "--no-sync"),
        )
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        pg_ctl = (str(bin_ / "pg_ctl"), "-D", str(data), "-w")
        run(*pg_ctl, "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield PrivatePostgres(folder)
        finally:
            run(*pg_ctl, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
