"""Signing in: throttling, lock-out and sessions.

Beside the message path, in front of every page of the console.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.console import accounts
from bot.console.accounts import User, digest
from bot.console.tables import sessions, sign_in_failures, users
from bot.database import now, upsert
from bot.settings import Settings

ALLOWED_PER_NAME = 5  # wrong passwords, then the name waits
ALLOWED_PER_ADDRESS = 20
WAIT = timedelta(minutes=15)
# The moment a session was last seen is not written at every click.
SEEN_EVERY = timedelta(seconds=30)


class TooManyAttempts(RuntimeError):
    """This name or address has to wait."""


@dataclass(frozen=True)
class Session:
    """A signed-in user and the secret token of the cookie."""

    token: str
    user: User

    @property
    def csrf(self) -> str:
        """The token that every form of this session carries."""
        return form_token(self.token)


def form_token(cookie: str) -> str:
    """A form's token, made from a cookie that another site can neither read nor set."""
    return hmac.new(cookie.encode(), b"form", sha256).hexdigest()


class Gate:
    """Who may come in."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._idle = timedelta(minutes=settings.console_session_idle_minutes)
        self._longest = timedelta(hours=settings.console_session_hours)

    def sign_in(self, name: str, password: str, address: str) -> Session | None:
        """A new session; None for a wrong name or password.

        Raises:
            TooManyAttempts: too many failures of this name or from this address lately.
        """
        keys = {f"user:{name.strip().casefold()[:60]}": ALLOWED_PER_NAME}
        keys[f"address:{address}"] = ALLOWED_PER_ADDRESS
        with self._engine.begin() as connection:
            connection.execute(
                sign_in_failures.delete().where(sign_in_failures.c.last_at < now() - WAIT)
            )
            # Counted before the password is looked at: attempts made at once count, too.
            for key, allowed in keys.items():
                insert = upsert(connection, sign_in_failures).values(
                    key=key, count=1, last_at=now()
                )
                # Attempts while waiting do not make the wait longer.
                waiting = sign_in_failures.c.count > allowed
                moment = sa.case((waiting, sign_in_failures.c.last_at), else_=now())
                connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["key"],
                        set_={"count": sign_in_failures.c.count + 1, "last_at": moment},
                    )
                )
            counts = dict(
                connection.execute(
                    sa.select(sign_in_failures.c.key, sign_in_failures.c.count).where(
                        sign_in_failures.c.key.in_(keys)
                    )
                ).all()
            )
            row = accounts.find(connection, name)
        if any(counts[key] > allowed for key, allowed in keys.items()):
            raise TooManyAttempts(name)
        if not accounts.check_password(row.password_hash if row else None, password) or not row:
            return None
        with self._engine.begin() as connection:
            connection.execute(sign_in_failures.delete().where(sign_in_failures.c.key.in_(keys)))
        return self.open(User(row.id, row.name, row.role, row.language))

    def open(self, user: User) -> Session:
        """A session with a token of its own, whatever cookie came with the request."""
        token = secrets.token_urlsafe(32)
        moment = now()
        with self._engine.begin() as connection:
            connection.execute(
                sessions.delete().where(
                    (sessions.c.created_at < moment - self._longest)
                    | (sessions.c.seen_at < moment - self._idle)
                )
            )
            connection.execute(
                sessions.insert().values(
                    token_hash=digest(token), user_id=user.id, created_at=moment, seen_at=moment
                )
            )
        return Session(token, user)

    def find(self, token: str) -> Session | None:
        """The session of a cookie, unless it is over."""
        moment = now()
        query = (
            sa.select(users.c.id, users.c.name, users.c.role, users.c.language, sessions.c.seen_at)
            .join(sessions, sessions.c.user_id == users.c.id)
            .where(
                sessions.c.token_hash == digest(token),
                sessions.c.created_at > moment - self._longest,
                sessions.c.seen_at > moment - self._idle,
                users.c.active == sa.true(),
            )
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if row.seen_at < moment - SEEN_EVERY:
            with self._engine.begin() as connection:
                connection.execute(
                    sessions.update()
                    .where(sessions.c.token_hash == digest(token))
                    .values(seen_at=moment)
                )
        return Session(token, User(row.id, row.name, row.role, row.language))

    def close(self, token: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sessions.delete().where(sessions.c.token_hash == digest(token)))
