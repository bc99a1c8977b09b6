"""Twilio's Messages API as the sender uses it.

Step 9 of the message path, the second route to WhatsApp. Requests: Twilio's Messages resource.
"""

from __future__ import annotations

import logging
from urllib.parse import urlencode

import httpx

from bot.channels.message_text import MessageWords, numbered
from bot.channels.outbox import Letter
from bot.channels.outcomes import Outcome, Verdict, judge
from bot.channels.whatsapp_api import NOT_SENT, TIMEOUT, answer_of, retry_after
from bot.settings import Settings
from knowledge.model import KnowledgeBase

logger = logging.getLogger(__name__)

CHANNEL = "twilio"
TEXT = 1600  # characters of one message
STATUS_PATH = "/webhooks/twilio/status"


class TwilioTransport:
    """One Twilio sender. Choices are numbered: buttons would need templates approved by Meta."""

    def __init__(self, settings: Settings, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._settings = settings
        self._path = f"/2010-04-01/Accounts/{settings.twilio_account_sid}/Messages.json"
        self._client = httpx.AsyncClient(
            base_url=settings.twilio_api_url.rstrip("/"),
            auth=(settings.twilio_account_sid, settings.twilio_auth_token),
            timeout=TIMEOUT,
            trust_env=False,
        )

    async def send(self, letter: Letter) -> Outcome:
        words = MessageWords.of(self._kb, letter.language)
        form = {
            "From": whatsapp_number(self._settings.twilio_from),
            "To": whatsapp_number(letter.recipient.get("to", "")),
            "Body": numbered(letter.reply, words),
            "StatusCallback": status_url(self._settings, letter.uid),
        }
        try:
            response = await self._client.post(self._path, data=form)
        except NOT_SENT as error:
            logger.warning("Twilio: not reached: %s", type(error).__name__)
            return Outcome(Verdict.RETRY)
        except (httpx.HTTPError, httpx.StreamError) as error:
            logger.warning("Twilio: no answer: %s", type(error).__name__)
            return Outcome(Verdict.UNKNOWN)
        answer = answer_of(response)
        if response.is_success:
            sent = answer.get("sid")
            return Outcome(Verdict.SENT, message_id=sent) if sent else Outcome(Verdict.UNKNOWN)
        return judge(CHANNEL, response.status_code, answer.get("code"), retry_after(response))

    async def show_reading(self, message_id: str) -> None:
        """Twilio has no read receipts for WhatsApp."""

    async def close(self) -> None:
        await self._client.aclose()


def status_url(settings: Settings, uid: str) -> str:
    """Where Twilio reports what became of a message; our id stands in the address."""
    return f"{settings.public_url.rstrip('/')}{STATUS_PATH}?{urlencode({'uid': uid})}"


def whatsapp_number(number: str) -> str:
    """Twilio's name of a WhatsApp number: "whatsapp:+880..."."""
    return f"whatsapp:+{number.removeprefix('whatsapp:').lstrip('+')}"
