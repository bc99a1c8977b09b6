"""Staff accounts: names, roles, password hashes and one-time links.

Beside the message path, under the console's sign-in and its commands.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from bot.console.tables import sessions, setup_links, users
from bot.database import now

ROLES = ("viewer", "reviewer", "admin")  # each may do what the ones before it may
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
LINK_HOURS = 24

HASHER = PasswordHasher()  # argon2id with the library's parameters (RFC 9106, low memory)


class AccountError(ValueError):
    """An account cannot be made or changed so; `args[0]` is the key of the reason's wording."""


@dataclass(frozen=True)
class User:
    id: int
    name: str
    role: str
    language: str

    def may(self, role: str) -> bool:
        """Whether this user may do what `role` may."""
        return ROLES.index(self.role) >= ROLES.index(role)


def add_user(connection: Connection, name: str, role: str, password: str, language: str) -> int:
    """Make an account; returns its id.

    Raises:
        AccountError: the name is taken or not usable, the role unknown, the password too short.
    """
    name = clean_name(name)
    if role not in ROLES:
        raise AccountError("account.unknown_role")
    values = {"name": name, "role": role, "password_hash": hash_password(password)}
    try:
        with connection.begin_nested():
            made = connection.execute(
                users.insert().values(**values, language=language, created_at=now())
            )
    except IntegrityError as error:
        raise AccountError("account.name_taken") from error
    return int(made.inserted_primary_key[0])


def clean_name(name: str) -> str:
    """The form in which names are compared and stored."""
    name = unicodedata.normalize("NFKC", name).strip().casefold()
    usual = all(unicodedata.category(c)[0] in "LMN" or c in ".-_@" for c in name)
    if not 2 <= len(name) <= 40 or not usual:
        raise AccountError("account.bad_name")
    return name


def hash_password(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError("account.password_short")
    if len(password) > LONGEST_PASSWORD:
        raise AccountError("account.password_long")
    return HASHER.hash(password)


def check_password(stored: str | None, password: str) -> bool:
    """Compare; takes as long for a user who does not exist (`stored` is None)."""
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return HASHER.verify(stored or nobodys_hash(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def find(connection: Connection, name: str) -> sa.engine.Row | None:
    """The row of an active user."""
    try:
        wanted = clean_name(name)
    except AccountError:
        return None
    query = sa.select(users).where(users.c.name == wanted, users.c.active == sa.true())
    return connection.execute(query).first()


def change(connection: Connection, name: str, **values: object) -> None:
    """Change a role, a language or whether the account is active; ends the user's sessions.

    Raises:
        AccountError: it would leave no active administrator.
    """
    connection.execute(users.update().where(users.c.name == name).values(**values))
    admins = sa.select(sa.func.count()).where(users.c.role == "admin", users.c.active == sa.true())
    if not connection.scalar(admins):
        raise AccountError("account.last_admin")
    of_user = sa.select(users.c.id).where(users.c.name == name).scalar_subquery()
    connection.execute(sessions.delete().where(sessions.c.user_id == of_user))


def set_language(connection: Connection, identity: int, language: str) -> None:
    connection.execute(users.update().where(users.c.id == identity).values(language=language))


def anybody(engine: Engine) -> bool:
    """Whether there is an account at all."""
    with engine.connect() as connection:
        return connection.execute(sa.select(users.c.id).limit(1)).first() is not None


def new_link(connection: Connection, role: str, name: str | None = None) -> str:
    """A one-time token with which an account can be made; older ones for it end."""
    same = setup_links.c.name == clean_name(name) if name else setup_links.c.name.is_(None)
    connection.execute(setup_links.delete().where(same | (setup_links.c.expires_at < now())))
    token = secrets.token_urlsafe(32)
    connection.execute(
        setup_links.insert().values(
            token_hash=digest(token),
            role=role,
            name=clean_name(name) if name else None,
            expires_at=now() + timedelta(hours=LINK_HOURS),
        )
    )
    return token


def open_link(connection: Connection, token: str) -> sa.engine.Row | None:
    """The row of a link that is still good."""
    query = sa.select(setup_links).where(
        setup_links.c.token_hash == digest(token), setup_links.c.expires_at > now()
    )
    return connection.execute(query).first()


def use_link(
    connection: Connection, token: str, name: str, password: str, language: str
) -> tuple[int, str]:
    """Make the account of a link, or give its account a new password; ends the link.

    Returns the user's id and name.

    Raises:
        AccountError: the link is used or too old, or the account cannot be made.
    """
    link = open_link(connection, token)
    if link is None:
        raise AccountError("account.bad_link")
    name = link.name or clean_name(name)
    existing = connection.execute(sa.select(users).where(users.c.name == name)).first()
    if existing and link.name:
        hashed = hash_password(password)
        change(connection, name, password_hash=hashed, active=True, role=link.role)
        made = existing.id
    else:
        made = add_user(connection, name, link.role, password, language)
    used = connection.execute(setup_links.delete().where(setup_links.c.token_hash == digest(token)))
    if used.rowcount != 1:  # two people opened it at the same moment
        raise AccountError("account.bad_link")
    return made, name


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """A hash to compare with where there is no account, so that this takes as long."""
    return HASHER.hash(secrets.token_urlsafe())
