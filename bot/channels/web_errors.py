"""What the chat's HTTP interface says when it cannot do what it was asked.

Stands at step 1 of the message path: every refusal of the website's channel is one of these.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sanic import response
from sanic.response import HTTPResponse


class ChatError(Exception):
    """A refusal. `code` is for programs, `message` for whoever develops against the interface.

    Where knowledge/phrases has `web.error.<code>`, that wording, in the patient's language, takes
    the place of `message`.
    """

    def __init__(
        self, status: int, code: str, message: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after  # seconds


def reply_json(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> HTTPResponse:
    """A JSON answer in real Unicode that no cache keeps."""
    return response.raw(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
        status=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        content_type="application/json; charset=utf-8",
    )


def reply_error(error: ChatError, wording: str | None = None) -> HTTPResponse:
    """The JSON answer of a refusal: `{"error": {"code", "message"}}`."""
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    body = {"error": {"code": error.code, "message": wording or error.message}}
    return reply_json(body, error.status, headers)
