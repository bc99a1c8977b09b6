"""Headers that keep the chat safe: who may embed it, and what its pages may load.

Stands at step 1 of the message path, around every request of the website's channel.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from bot.channels.web_errors import ChatError

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
ONE_DAY = "86400"


def check_origin(origin: str | None, host: str, public_url: str, allowed: Collection[str]) -> bool:
    """Whether the request comes from another site that may embed the chat.

    A request without Origin is none of a browser's cross-site requests.

    Raises:
        ChatError: 403, it comes from a site that may not.
    """
    if origin is None:
        return False
    site = site_of(origin)
    if site and site in (host.lower(), site_of(public_url)):
        return False
    if origin.rstrip("/").lower() in {item.rstrip("/").lower() for item in allowed}:
        return True
    raise ChatError(403, "origin_not_allowed", f"Add {origin[:100]} to WEB_ALLOWED_ORIGINS.")


def site_of(address: str) -> str:
    """Host and port of an address, empty where there are none ("null", nonsense)."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def cross_origin(origin: str) -> dict[str, str]:
    """What lets a page of `origin` call the chat. Tokens travel in a header: no cookies."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Expose-Headers": "Retry-After",
        "Access-Control-Max-Age": ONE_DAY,
    }
