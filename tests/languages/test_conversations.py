"""Whole conversations in every language on the trained model, as conversations.yml writes them.

What fails is listed in known_failures.yml, and what is listed there must still fail, unless the
model decides it by a hair: another machine's rounding may then turn it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parent
LANGUAGES = sorted(file.parent.name for file in FOLDER.glob("*/conversations.yml"))
KEYS = {"patient", "kind", "treatment", "topic", "language", "contains", "not_contains"}


SURE = 0.5  # probability of an intent from which no rounding turns a decision


def conversations(language: str) -> list[dict[str, Any]]:
    text = (FOLDER / language / "conversations.yml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)["conversations"]
    return found


def known_failures() -> dict[str, dict[str, list[int]]]:
    """Language -> conversation -> turns, counted from 1."""
    text = (FOLDER / "known_failures.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text) or {}


ALL = [
    pytest.param(language, item, id=f"{language}: {item['name']}")
    for language in LANGUAGES
    for item in conversations(language)
]


@pytest.mark.trained
@pytest.mark.parametrize(("language", "conversation"), ALL)
def test_conversation(
    say: Callable[..., Any],
    agent: Any,
    loop: asyncio.AbstractEventLoop,
    language: str,
    conversation: Mapping[str, Any],
) -> None:
    name = conversation["name"]
    wrong: dict[int, str] = {}
    for number, turn in enumerate(conversation["turns"], 1):
        reply = say(f"{language}: {name}", turn["patient"])
        complaints = list(differences(turn, reply.text, reply.record))
        if complaints:
            shown = {key: reply.record.get(key) for key in ("kind", "treatment", "topic")}
            wrong[number] = f"{turn['patient']!r}: {'; '.join(complaints)}\n   {shown}"
    known = set(known_failures().get(language, {}).get(name, ()))
    new = {number: text for number, text in wrong.items() if number not in known}
    assert not new, "\n".join(f"turn {number}: {text}" for number, text in new.items())
    works = [
        number
        for number in sorted(known - set(wrong))
        if sureness(agent, loop, conversation["turns"][number - 1]["patient"]) >= SURE
    ]
    assert not works, f"turns {works} work: unlist them"


def sureness(agent: Any, loop: asyncio.AbstractEventLoop, text: str) -> float:
    """The probability that the model gives a message's intent."""
    parsed = loop.run_until_complete(agent.parse_message(text))
    return float(parsed["intent"]["confidence"])


def differences(turn: Mapping[str, Any], text: str, record: Mapping[str, Any]) -> list[str]:
    """What a reply lacks of what its turn expects."""
    found = []
    for key in ("kind", "treatment", "topic", "language"):
        expected = turn.get(key)
        allowed = expected if isinstance(expected, list) else [expected]
        topics = record.get("topics") or ()
        if expected is None or record.get(key) in allowed:
            continue
        if key == "topic" and expected in topics:
            continue
        found.append(f"{key} {record.get(key)!r} instead of {expected!r}")
    plain = text.casefold()
    found += [
        f"lacks {part!r}" for part in turn.get("contains", ()) if part.casefold() not in plain
    ]
    found += [f"says {part!r}" for part in turn.get("not_contains", ()) if part.casefold() in plain]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_conversations_are_enough_and_well_formed(language: str) -> None:
    listed = conversations(language)
    assert len(listed) >= 15
    assert len({item["name"] for item in listed}) == len(listed)
    for item in listed:
        assert item["turns"]
        for turn in item["turns"]:
            assert {"patient", "kind"} <= set(turn) <= KEYS, turn


def test_every_language_has_conversations() -> None:
    from knowledge.loader import shared

    assert set(LANGUAGES) == set(shared().languages)


def test_listed_failures_exist() -> None:
    for language, names in known_failures().items():
        turns = {item["name"]: len(item["turns"]) for item in conversations(language)}
        for name, numbers in names.items():
            assert name in turns
            assert all(1 <= number <= turns[name] for number in numbers)
