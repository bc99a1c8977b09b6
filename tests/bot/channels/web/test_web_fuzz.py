"""1,000 broken requests: none may end in a 5xx, show another patient's words, or be unclear."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

import httpx

from tests.bot.channels.web.server import Patient, Running

REQUESTS = 1000
SECRET = "the other patient's words"
ODD = [
    "",
    " ",
    "\x00",
    "\ud800",
    "\u202e\u2066",
    "\ufeff",
    "é" * 3000,
    "\U0001f9d1\u200d\U0001f4bb" * 400,
    "ক্ষ্ম" * 500,
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "/restart",
    '/change_language{"language": "xx"}',
    "{{7*7}}${7*7}",
    "../../etc/passwd",
    "a\nb\r\nSet-Cookie: x=1",
]
VALUES: list[Any] = [*ODD, None, True, 0, -1, 2**70, 1e308, [], {}, [[]], {"a": {"b": [1]}}]
PATHS = ["session", "messages", "messages", "messages", "feedback", "feedback"]
RARE_PATHS = ["forget", "strings/en", "strings/", "nothing", "%00", "messages/x", "../messages"]


def any_body(dice: random.Random) -> bytes:
    kind = dice.randrange(6)
    if kind == 0:
        return dice.randbytes(dice.randrange(200))
    if kind == 1:
        return dice.choice([b"{", b"[" * 5000, b"null", b'{"id":', b'{"a":1}{"b":2}', b"\xff\xfe"])
    if kind == 2:
        return b"x" * dice.choice([33_000, 200_000])
    names = [
        "id",
        "text",
        "payload",
        "language",
        "message_id",
        "value",
        "reason",
        "conversation_id",
    ]
    body = {name: dice.choice(VALUES) for name in dice.sample(names, dice.randrange(len(names)))}
    if kind > 3:  # nearly right
        body = {"id": str(uuid.UUID(int=dice.getrandbits(128))), **body}
        body.setdefault("text", dice.choice(ODD))
    return json.dumps(body).encode()


def any_token(dice: random.Random, patient: Patient) -> str | None:
    cut = dice.randrange(len(patient.token))
    other = patient.token[:cut] + dice.choice("aZ0-_.") + patient.token[cut + 1 :]
    return dice.choice([None, "", "Bearer", "Bearer x.y.z", f"Bearer {other}", f"Basic {other}"])


async def ask(dice: random.Random, patient: Patient) -> httpx.Response:
    headers: dict[str, Any] = {"Content-Type": dice.choice(["application/json", "text/plain", "x"])}
    token = f"Bearer {patient.token}" if dice.random() < 0.7 else any_token(dice, patient)
    if token is not None:
        headers["Authorization"] = token
    if dice.random() < 0.1:
        headers["X-Forwarded-For"] = dice.choice(["x", "1.2.3.4", ",,,", "::1", "9" * 500])
    if dice.random() < 0.1:
        headers["Accept-Language"] = dice.choice(["*", ";;;", "zz-" * 50, "fr;q=x"])
    method = dice.choice(["POST"] * 6 + ["GET", "GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
    query = {"after": dice.choice(ODD).encode("utf-8", "replace")} if dice.random() < 0.3 else {}
    path = f"/chat/{dice.choice(PATHS if dice.random() < 0.85 else RARE_PATHS)}"
    return await patient.client.request(
        method, path, content=any_body(dice), headers=headers, params=query
    )


async def test_a_thousand_broken_requests(web: Running) -> None:
    dice = random.Random(4)  # the same thousand each time
    other, patient = await web.open(), await web.open()
    await other.say(SECRET)
    seen: dict[int, int] = {}
    for _ in range(REQUESTS):
        answer = await ask(dice, patient)
        what = f"{answer.request.method} {answer.request.url} {answer.request.content[:200]!r}"
        assert answer.status_code < 500, what
        assert SECRET not in answer.text, what
        assert "Traceback" not in answer.text, what
        if '"erased":true' in answer.text:
            patient = await web.open()
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
        if answer.status_code >= 400 and answer.request.method != "HEAD":
            error = answer.json()["error"]
            assert error["code"], what
            assert error["message"], what
    print(f"\n{REQUESTS} broken requests, answers by status: {dict(sorted(seen.items()))}")
    assert {200, 400, 401, 404, 405, 413} <= set(seen), "the requests are not as varied as meant"
    assert (await (await web.open()).say("still well?")).status_code == 200
    [kept] = await other.missed()
    assert SECRET in kept["text"]
