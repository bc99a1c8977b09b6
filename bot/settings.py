"""Every setting of the bot and the console: read once, from environment variables, here.

The README's table of settings is checked against this module by a test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class SettingError(ValueError):
    """A setting has a value that cannot be used; says which and what is expected."""


@dataclass(frozen=True)
class Settings:
    """One attribute a setting; the environment variable is its name in capitals."""

    # where things listen and live
    host: str = "127.0.0.1"
    port: int = 5005
    actions_port: int = 5055
    console_host: str = "127.0.0.1"
    console_port: int = 5006
    public_url: str = ""  # how the world reaches the bot, for Twilio's signature and links
    actions_url: str = "http://127.0.0.1:5055/webhook"
    var_dir: Path = ROOT / "var"
    database_url: str = ""  # empty: SQLite under var_dir
    tracker_database_url: str = ""  # Rasa's own tracker rows; empty: database_url, else SQLite
    secret_key: str = ""  # empty: made once and kept under var_dir; signs tokens, keys the hashes
    # conversation
    tracker_retention_hours: int = 24  # raw text in Rasa's own tracker rows
    transcript_retention_days: int = 180
    turn_timeout_seconds: float = 10.0
    # website
    web_allowed_origins: tuple[str, ...] = ()  # sites that may embed the chat, besides this one
    web_session_hours: int = 24
    web_rate_per_minute: int = 20  # messages of one session
    web_rate_per_minute_address: int = 60  # messages of one address
    web_max_characters: int = 1000
    trusted_proxies: tuple[str, ...] = ()  # addresses whose X-Forwarded-For is believed
    # WhatsApp Cloud API
    whatsapp_app_secret: str = ""
    whatsapp_verify_token: str = ""
    whatsapp_access_token: str = ""
    whatsapp_phone_number_id: str = ""
    whatsapp_api_url: str = "https://graph.facebook.com"
    whatsapp_api_version: str = "v23.0"
    whatsapp_stale_minutes: int = 60  # a message that an outage held up longer gets an apology
    whatsapp_confirm_seconds: float = 120.0  # wait for a status before an unsure reply is resent
    # Twilio
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_from: str = ""
    twilio_api_url: str = "https://api.twilio.com"
    # console
    console_session_idle_minutes: int = 30
    console_session_hours: int = 12
    console_secure_cookies: bool = False  # set behind TLS

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings.

        Raises:
            SettingError: a value does not have the type that the setting needs.
        """
        env = os.environ if env is None else env
        values: dict[str, Any] = {}
        for item in fields(cls):
            name = item.name.upper()
            raw = env.get(name, "")
            if raw == "":
                continue
            try:
                values[item.name] = _CASTS[str(item.type)](raw)
            except ValueError as error:
                raise SettingError(f"{name}={raw!r}: expected {item.type}") from error
        return cls(**values)

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the bot's own tables."""
        return self.database_url or f"sqlite:///{self.var_dir / 'polyclinic.db'}"

    @property
    def tracker_database(self) -> str:
        """SQLAlchemy URL of Rasa's tracker rows; a file of its own on SQLite (one writer)."""
        sqlite = f"sqlite:///{self.var_dir / 'tracker.db'}"
        return self.tracker_database_url or self.database_url or sqlite


def _flag(raw: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if raw.lower() not in words:
        raise ValueError(raw)
    return words[raw.lower()]


def _list(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


_CASTS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": _flag,
    "Path": Path,
    "tuple[str, ...]": _list,
}
