"""Keys derived from one secret, and pseudonyms of people made with them.

Used at steps 1 and 10 of the message path and by the console, wherever something is signed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from bot.settings import SettingError, Settings

MINIMUM = 16


def key(settings: Settings, purpose: str) -> bytes:
    """32 bytes for one purpose ("chat token", "pseudonym"); another purpose has another key.

    Raises:
        SettingError: SECRET_KEY is too short, or the file that holds the secret is empty.
    """
    return hmac.new(_master(settings), purpose.encode(), hashlib.sha256).digest()


def pseudonym(settings: Settings, channel: str, identifier: str) -> str:
    """The conversation id of a person on a channel: the channel's name and a keyed hash.

    The same person has the same id; without the secret nobody gets from the id to the person.
    """
    digest = hmac.new(
        key(settings, "pseudonym"), f"{channel}:{identifier}".encode(), hashlib.sha256
    )
    return f"{channel}-{digest.hexdigest()[:32]}"


def _master(settings: Settings) -> bytes:
    if settings.secret_key:
        if len(settings.secret_key) < MINIMUM:
            raise SettingError(f"SECRET_KEY has fewer than {MINIMUM} characters: make it longer")
        return settings.secret_key.encode()
    path = settings.var_dir / "secret.key"
    if not path.exists():
        _make(path)
    secret = path.read_bytes().strip()
    if len(secret) < MINIMUM:
        raise SettingError(f"{path} holds no secret: delete the file, a new one is made")
    return secret


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        # A hard link fails where another process was quicker: its secret then counts.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
