"""Meta's Graph API as the sender uses it: send a message, show that one was read.

Step 9 of the message path. Requests: Meta's Cloud API reference (2026).
"""

from __future__ import annotations

import logging
from typing import Any

import httpx

from bot.channels.message_text import MessageWords
from bot.channels.outbox import Letter
from bot.channels.outcomes import Outcome, Verdict, judge
from bot.channels.whatsapp_format import Body, body
from bot.settings import Settings
from knowledge.model import KnowledgeBase

logger = logging.getLogger(__name__)

CHANNEL = "whatsapp"
TIMEOUT = httpx.Timeout(15.0, connect=5.0, pool=30.0)
# The request cannot have reached the platform: it is safe to send it again.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class WhatsAppTransport:
    """One business phone number."""

    def __init__(self, settings: Settings, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._path = f"/{settings.whatsapp_phone_number_id}/messages"
        self._client = graph_client(settings)

    async def send(self, letter: Letter) -> Outcome:
        words = MessageWords.of(self._kb, letter.language)
        content = body(letter.reply, words, letter.numbered)
        try:
            response = await self._client.post(self._path, json=request(letter, content))
        except NOT_SENT as error:
            logger.warning("WhatsApp: not reached: %s", type(error).__name__)
            return Outcome(Verdict.RETRY)
        except (httpx.HTTPError, httpx.StreamError) as error:
            logger.warning("WhatsApp: no answer: %s", type(error).__name__)
            return Outcome(Verdict.UNKNOWN)
        answer = answer_of(response)
        if response.is_success:
            sent = _first(answer.get("messages")).get("id")
            return Outcome(Verdict.SENT, message_id=sent) if sent else Outcome(Verdict.UNKNOWN)
        return judge(CHANNEL, response.status_code, error_code(answer), retry_after(response))

    async def show_reading(self, message_id: str) -> None:
        """Two blue ticks and "typing", which ends with our reply or after 25 seconds."""
        receipt = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message_id,
            "typing_indicator": {"type": "text"},
        }
        await self._client.post(self._path, json=receipt)

    async def close(self) -> None:
        await self._client.aclose()


def graph_client(settings: Settings) -> httpx.AsyncClient:
    """A client with our token for the configured API; proxies come from the API's setting alone."""
    return httpx.AsyncClient(
        base_url=f"{settings.whatsapp_api_url.rstrip('/')}/{settings.whatsapp_api_version}",
        headers={"Authorization": f"Bearer {settings.whatsapp_access_token}"},
        timeout=TIMEOUT,
        trust_env=False,
    )


def request(letter: Letter, content: Body) -> Body:
    """The complete request body; our id comes back with every status of the message."""
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **letter.recipient,
        "biz_opaque_callback_data": letter.uid,
        **content,
    }


def answer_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty where there is none."""
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def error_code(answer: dict[str, Any]) -> int | None:
    """Meta's code of an error answer."""
    error = answer.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else None


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the platform asks us to wait."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None


def _first(items: Any) -> dict[str, Any]:
    return items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
