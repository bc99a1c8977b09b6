"""Emergencies are looked for in what was typed and in Banglish as it is read."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import READING
from bot.nlu.red_flags import RED_FLAG, RED_FLAG_MENTIONED, RedFlagMatcher
from knowledge.emergencies import EmergencyFinder
from knowledge.loader import shared


@pytest.fixture(scope="module")
def matcher() -> RedFlagMatcher:
    return RedFlagMatcher(EmergencyFinder(shared()))


@pytest.mark.parametrize(
    ("text", "reading", "flag", "mentioned"),
    [
        ("xyz nite parchi na", "শ্বাস নিতে পারছি না", "breathing", None),
        ("shash nite parchi na", "শেষ নিতে পারছি না", "breathing", None),
        ("is chest pain a side effect?", None, None, "chest_pain"),
        ("gluta koto taka", "গ্লুটা কত টাকা", None, None),
        ("/ask_pain", None, None, None),
    ],
)
def test_what_is_set(
    matcher: RedFlagMatcher,
    text: str,
    reading: str | None,
    flag: str | None,
    mentioned: str | None,
) -> None:
    message = Message({TEXT: text, READING: reading} if reading else {TEXT: text})
    matcher.process([message])
    assert (message.get(RED_FLAG), message.get(RED_FLAG_MENTIONED)) == (flag, mentioned)
