"""Verifies the settings of WhatsApp and Twilio against the platforms; says what is wrong.

Beside the message path: `python -m bot whatsapp check`, before and after a clinic connects its
number.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.channels.platform_client import PlatformAnswer, PlatformClient
from bot.channels.whatsapp_api import error_of, graph_client, graph_url
from bot.settings import Settings

PATH = "/webhooks/whatsapp"
_FIELDS = "display_phone_number,verified_name,quality_rating,platform_type,webhook_configuration"
_NEEDED = {
    "whatsapp_app_secret": "App secret: Meta app > App settings > Basic",
    "whatsapp_verify_token": "Verify token: any long word of your own; enter the same at Meta",
    "whatsapp_access_token": "Access token: Business settings > System users > Generate token",
    "whatsapp_phone_number_id": "Phone number ID: Meta app > WhatsApp > API setup",
}
# Twilio's; the last one also serves WhatsApp's own check.
_TWILIO = ("twilio_account_sid", "twilio_auth_token", "twilio_from", "public_url")


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    good: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok   ' if self.good else 'WRONG'}  {self.text}"


async def check(settings: Settings) -> list[Finding]:
    """Everything that can be asked; no message is sent to anyone."""
    found = await _check_whatsapp(settings)
    if any(getattr(settings, name) for name in _TWILIO[:-1]):
        found += await _check_twilio(settings)
    return found


async def _check_whatsapp(settings: Settings) -> list[Finding]:
    missing = [name for name in _NEEDED if not getattr(settings, name)]
    if missing:
        return [Finding(False, f"{name.upper()} is not set. {_NEEDED[name]}") for name in missing]
    client = graph_client(settings)
    plain = PlatformClient("Webhook")
    try:
        return [*await _check_number(settings, client), *await _check_webhook(settings, plain)]
    finally:
        await client.close()
        await plain.close()


async def _check_number(settings: Settings, client: PlatformClient) -> list[Finding]:
    """The token, the app's secret and the number in one question."""
    proof = hmac.new(
        settings.whatsapp_app_secret.encode(),
        settings.whatsapp_access_token.encode(),
        hashlib.sha256,
    ).hexdigest()
    url = f"{graph_url(settings)}/{settings.whatsapp_phone_number_id}"
    try:
        answer = await client.get(url, {"fields": _FIELDS, "appsecret_proof": proof})
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        text = f"{settings.whatsapp_api_url} cannot be reached ({type(error).__name__}): see the"
        return [Finding(False, f"{text} firewall, the proxy and WHATSAPP_API_URL")]
    if not answer.success:
        return [Finding(False, _explain(answer))]
    number = answer.content
    name = f"{number.get('verified_name')} ({number.get('display_phone_number')})"
    found = [Finding(True, f"Token, app secret and number belong together: {name}")]
    quality = number.get("quality_rating")
    if quality == "RED":
        found.append(Finding(False, "Meta rates the number's quality RED and may limit it"))
    if number.get("platform_type") not in (None, "CLOUD_API"):
        found.append(Finding(False, "The number is not registered with the Cloud API yet"))
    return [*found, *_check_registered(settings, number.get("webhook_configuration"))]


def _explain(answer: PlatformAnswer) -> str:
    error = error_of(answer)
    code, message = error.get("code"), str(error.get("message", ""))
    if code == 190 or answer.status == 401:
        return "WHATSAPP_ACCESS_TOKEN is refused: it has expired or was withdrawn; make a new one"
    if "appsecret_proof" in message:
        return "WHATSAPP_APP_SECRET is not the secret of the app that made the access token"
    if code in (3, 10) or (isinstance(code, int) and 200 <= code < 300):
        return "The token lacks the permissions whatsapp_business_messaging and ..._management"
    if code == 100:
        return "WHATSAPP_PHONE_NUMBER_ID is not a number that this token may use (not the number!)"
    return f"Meta answers HTTP {answer.status}, code {code}: {message}"


def _check_registered(settings: Settings, configuration: Any) -> list[Finding]:
    """Whether Meta calls the address where we listen."""
    if not settings.public_url or not isinstance(configuration, dict):
        return []
    ours = f"{settings.public_url.rstrip('/')}{PATH}"
    theirs = {str(url).rstrip("/") for url in configuration.values()}
    if ours in theirs:
        return [Finding(True, f"Meta calls {ours}")]
    return [Finding(False, f"Meta calls {', '.join(sorted(theirs)) or 'nothing'}, not {ours}")]


async def _check_webhook(settings: Settings, client: PlatformClient) -> list[Finding]:
    """Calls our own webhook from outside, as Meta does."""
    if not settings.public_url:
        return [Finding(False, "PUBLIC_URL is not set, so the webhook's address is not checked")]
    url = f"{settings.public_url.rstrip('/')}{PATH}"
    challenge = secrets.token_hex(8)
    token = settings.whatsapp_verify_token
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": challenge}
    body = b'{"object": "whatsapp_business_account", "entry": []}'
    secret = settings.whatsapp_app_secret.encode()
    digest = hmac.new(secret, body, hashlib.sha256).hexdigest()
    try:
        echo = await client.get(url, query)
        signed = await client.post(
            url, data=body, headers={"X-Hub-Signature-256": f"sha256={digest}"}
        )
        unsigned = await client.post(url, data=body)
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        return [Finding(False, f"{url} cannot be reached ({type(error).__name__})")]
    statuses = [getattr(answer, "status", None) for answer in (echo, signed, unsigned)]
    if statuses[0] == 404:
        return [Finding(False, f"{url}: the bot there has no WhatsApp settings, or is another one")]
    if echo.text != challenge:
        return [
            Finding(False, f"{url} does not echo Meta's challenge: WHATSAPP_VERIFY_TOKEN differs")
        ]
    if statuses[1] != 200:
        why = "its WHATSAPP_APP_SECRET differs, or a proxy changes the body"
        return [Finding(False, f"{url} refuses a signed request: {why}")]
    if statuses[2] != 401:
        return [Finding(False, f"{url} does not refuse an unsigned request")]
    return [Finding(True, f"{url} answers as Meta expects")]


async def _check_twilio(settings: Settings) -> list[Finding]:
    missing = [name.upper() for name in _TWILIO if not getattr(settings, name)]
    if missing:
        return [Finding(False, f"Twilio: not set: {', '.join(missing)}")]
    auth = aiohttp.BasicAuth(settings.twilio_account_sid, settings.twilio_auth_token)
    client = PlatformClient("Twilio", auth=auth)
    api = settings.twilio_api_url.rstrip("/")
    try:
        url = f"{api}/2010-04-01/Accounts/{settings.twilio_account_sid}.json"
        answer = await client.get(url, {})
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        return [Finding(False, f"Twilio: {api} cannot be reached ({type(error).__name__})")]
    finally:
        await client.close()
    if not answer.success:
        return [Finding(False, "Twilio: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are refused")]
    status = answer.content.get("status")
    return [Finding(status == "active", f"Twilio: the account is {status}")]
