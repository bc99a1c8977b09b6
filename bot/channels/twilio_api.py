"""Twilio's Messages API as the sender uses it.

Step 9 of the message path, the second route to WhatsApp. Requests: Twilio's Messages resource.
"""

from __future__ import annotations

from urllib.parse import urlencode

import aiohttp

from bot.channels.message_text import MessageWords, numbered
from bot.channels.outbox import Letter
from bot.channels.outcomes import Outcome, Verdict, judge
from bot.channels.platform_client import PlatformClient
from bot.settings import Settings
from knowledge.model import KnowledgeBase

CHANNEL = "twilio"
TEXT = 1600  # characters of one message
STATUS_PATH = "/webhooks/twilio/status"


class TwilioTransport:
    """One Twilio sender. Choices are numbered: buttons would need templates approved by Meta."""

    def __init__(self, settings: Settings, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._settings = settings
        account = settings.twilio_account_sid
        api = settings.twilio_api_url.rstrip("/")
        self._url = f"{api}/2010-04-01/Accounts/{account}/Messages.json"
        auth = aiohttp.BasicAuth(account, settings.twilio_auth_token)
        self._client = PlatformClient("Twilio", auth=auth)

    async def send(self, letter: Letter) -> Outcome:
        words = MessageWords.of(self._kb, letter.language)
        form = {
            "From": whatsapp_number(self._settings.twilio_from),
            "To": whatsapp_number(letter.recipient.get("to", "")),
            "Body": numbered(letter.reply, words),
            "StatusCallback": status_url(self._settings, letter.uid),
        }
        answer = await self._client.post(self._url, data=form)
        if isinstance(answer, Outcome):
            return answer
        if answer.success:
            sent = answer.content.get("sid")
            return Outcome(Verdict.SENT, message_id=sent) if sent else Outcome(Verdict.UNKNOWN)
        return judge(CHANNEL, answer.status, answer.content.get("code"), answer.retry_after)

    async def show_reading(self, message_id: str) -> None:
        """Twilio has no read receipts for WhatsApp."""

    async def close(self) -> None:
        await self._client.close()


def status_url(settings: Settings, uid: str) -> str:
    """Where Twilio reports what became of a message; our id stands in the address."""
    return f"{settings.public_url.rstrip('/')}{STATUS_PATH}?{urlencode({'uid': uid})}"


def whatsapp_number(number: str) -> str:
    """Twilio's name of a WhatsApp number: "whatsapp:+880..."."""
    return f"whatsapp:+{number.removeprefix('whatsapp:').lstrip('+')}"
