"""Meta's Graph API as the sender uses it: send a message, show that one was read.

Step 9 of the message path. Requests: Meta's Cloud API reference (2026).
"""

from __future__ import annotations

from typing import Any

from bot.channels.message_text import MessageWords
from bot.channels.outbox import Letter
from bot.channels.outcomes import Outcome, Verdict, judge
from bot.channels.platform_client import PlatformAnswer, PlatformClient
from bot.channels.whatsapp_format import Body, body
from bot.settings import Settings
from knowledge.model import KnowledgeBase

CHANNEL = "whatsapp"


class WhatsAppTransport:
    """One business phone number."""

    def __init__(self, settings: Settings, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._url = f"{graph_url(settings)}/{settings.whatsapp_phone_number_id}/messages"
        self._client = graph_client(settings)

    async def send(self, letter: Letter) -> Outcome:
        words = MessageWords.of(self._kb, letter.language)
        content = body(letter.reply, words, letter.numbered)
        answer = await self._client.post(self._url, json=request(letter, content))
        if isinstance(answer, Outcome):
            return answer
        if answer.success:
            sent = _first(answer.content.get("messages")).get("id")
            return Outcome(Verdict.SENT, message_id=sent) if sent else Outcome(Verdict.UNKNOWN)
        return judge(CHANNEL, answer.status, error_of(answer).get("code"), answer.retry_after)

    async def show_reading(self, message_id: str) -> None:
        """Two blue ticks and "typing", which ends with our reply or after 25 seconds."""
        receipt = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message_id,
            "typing_indicator": {"type": "text"},
        }
        await self._client.post(self._url, json=receipt)

    async def close(self) -> None:
        await self._client.close()


def graph_url(settings: Settings) -> str:
    """The API's address with its version."""
    return f"{settings.whatsapp_api_url.rstrip('/')}/{settings.whatsapp_api_version}"


def graph_client(settings: Settings) -> PlatformClient:
    """A client that shows our token."""
    token = settings.whatsapp_access_token
    return PlatformClient("WhatsApp", headers={"Authorization": f"Bearer {token}"})


def request(letter: Letter, content: Body) -> Body:
    """The complete request body; our id comes back with every status of the message."""
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **letter.recipient,
        "biz_opaque_callback_data": letter.uid,
        **content,
    }


def error_of(answer: PlatformAnswer) -> dict[str, Any]:
    """Meta's error object, with an integer `code` if there is one."""
    error = answer.content.get("error")
    if not isinstance(error, dict):
        return {}
    code = error.get("code")
    return {**error, "code": code if isinstance(code, int) else None}


def _first(items: Any) -> dict[str, Any]:
    return items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
