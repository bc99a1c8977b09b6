"""Calls a platform's HTTP API and says how sure it is that the call arrived.

Step 9 of the message path, under the transports of WhatsApp and Twilio.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.channels.outcomes import Outcome, Verdict

logger = logging.getLogger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5)


@dataclass(frozen=True)
class PlatformAnswer:
    """What a platform answered."""

    status: int
    text: str = ""
    content: dict[str, Any] = field(default_factory=dict)  # empty where it is no JSON object
    retry_after: float | None = None  # seconds

    @property
    def success(self) -> bool:
        return 200 <= self.status < 300


class PlatformClient:
    """One HTTP session; to be made inside the event loop."""

    def __init__(
        self,
        name: str,
        headers: dict[str, str] | None = None,
        auth: aiohttp.BasicAuth | None = None,
    ) -> None:
        self._name = name
        # No cookies: requests about different people must not share anything.
        self._session = aiohttp.ClientSession(
            headers=headers, auth=auth, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def post(self, url: str, **content: Any) -> PlatformAnswer | Outcome:
        """POST `json=` or `data=`; without an answer, an outcome: try again, or not known."""
        try:
            async with self._session.post(url, allow_redirects=False, **content) as response:
                return await _read(response)
        except aiohttp.ClientConnectorError as error:
            # Nothing was sent, so it is safe to send it again.
            logger.warning("%s: not reached: %s", self._name, type(error).__name__)
            return Outcome(Verdict.RETRY)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            logger.warning("%s: no answer: %s", self._name, type(error).__name__)
            return Outcome(Verdict.UNKNOWN)

    async def get(self, url: str, params: dict[str, str]) -> PlatformAnswer:
        """GET.

        Raises:
            aiohttp.ClientError, asyncio.TimeoutError: no answer.
        """
        async with self._session.get(url, params=params) as response:
            return await _read(response)

    async def close(self) -> None:
        await self._session.close()


async def _read(response: aiohttp.ClientResponse) -> PlatformAnswer:
    text = (await response.read()).decode(errors="replace")
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    wait = response.headers.get("Retry-After", "")
    return PlatformAnswer(
        status=response.status,
        text=text,
        content=content if isinstance(content, dict) else {},
        retry_after=float(wait) if wait.isascii() and wait.isdigit() else None,
    )
