"""Chat sessions: the server names the conversation inside a signed token that expires.

Stands at step 1 of the message path: who holds the token is in the conversation, nobody else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from bot import secret
from bot.channels.web_errors import ChatError
from bot.settings import Settings

CHANNEL = "web"


@dataclass(frozen=True)
class Session:
    """What a valid token says."""

    conversation_id: str
    page_language: str | None


@dataclass(frozen=True)
class Issued:
    """A new token and the moment from which it is refused."""

    token: str
    expires_at: datetime


class Sessions:
    """Issues and reads tokens. Nothing is stored: a token holds what it says."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._signer = URLSafeTimedSerializer(secret.key(settings, "chat token"))
        self._lifetime = timedelta(hours=settings.web_session_hours)

    def issue(self, page_language: str | None) -> Issued:
        """Open a conversation that nobody else can name."""
        conversation = secret.pseudonym(self._settings, CHANNEL, secrets.token_hex(16))
        token = self._signer.dumps({"c": conversation, "l": page_language})
        return Issued(str(token), datetime.now(timezone.utc) + self._lifetime)

    def read(self, header: str | None) -> Session:
        """The session of an `Authorization` header.

        Raises:
            ChatError: 401, because there is no token, it is not ours, or it is too old.
        """
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise ChatError(401, "missing_token", "Send the header Authorization: Bearer TOKEN.")
        try:
            content: Any = self._signer.loads(
                token.strip(), max_age=int(self._lifetime.total_seconds())
            )
        except SignatureExpired as error:
            raise ChatError(401, "session_expired", "The session is over: open another.") from error
        except BadData as error:
            raise ChatError(401, "invalid_token", "The token was not issued here.") from error
        return Session(content["c"], content["l"])
