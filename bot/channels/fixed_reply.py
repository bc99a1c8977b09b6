"""What the patient gets when the bot itself cannot answer: an apology, the clinic, or 999.

Stands beside steps 2 to 8 of the message path, for time-outs and failures in them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from bot.channels.reply import Reply
from knowledge import help_lines
from knowledge.emergencies import EmergencyFinder
from knowledge.loader import shared
from knowledge.model import KnowledgeBase
from knowledge.render import phrase

# How the names of a script's characters begin in Unicode, where not as the script itself.
_UNICODE_NAMES = {"Han": "CJK"}


def fixed_reply(text: str, metadata: Mapping[str, Any]) -> Reply:
    """The reply for a message that could not be processed; never raises for odd metadata."""
    kb = shared()
    language = guess_language(kb, text, metadata)
    country = metadata.get("country")
    danger = _finder().find(text).present
    if danger:
        calls = help_lines.emergency(kb, danger, country)
        words = [phrase(kb, language, key, **values) for key, values in calls]
    else:
        words = [
            phrase(kb, language, "answer.service_down"),
            help_lines.contact(kb, language),
        ]
    record: dict[str, Any] = {
        "kind": "emergency" if danger else "fallback",
        "treatment": None,
        "topic": None,
        "language": language,
        "facts": [],
        "sources": [],
        "buttons": [],
    }
    return Reply("\n\n".join(words), (), record)


def guess_language(kb: KnowledgeBase, text: str, metadata: Mapping[str, Any]) -> str:
    """The best guess without the model: the menu, the script of the text, the page, the country."""
    answers = {code: item.answers for code, item in kb.languages.items()}
    if metadata.get("language") in answers:
        return answers[metadata["language"]]
    page = answers.get(str(metadata.get("page_language")))
    scripts: dict[str, list[str]] = {}
    for code, item in kb.languages.items():
        scripts.setdefault(item.script, []).append(answers[code])
    written = scripts.get(_script(text, scripts), [])
    if page in written or (page and not written):
        return page
    at_home = [
        answers[code]
        for code, item in kb.languages.items()
        if metadata.get("country") in item.countries
    ]
    return next(
        (code for code in at_home if code in written), (written or at_home or [*answers])[0]
    )


def _script(text: str, scripts: Mapping[str, object]) -> str:
    """Which of our scripts most letters belong to; empty if none."""
    found: Counter[str] = Counter()
    for character in text:
        name = unicodedata.name(character, "")
        for script in scripts:
            if name.startswith(_UNICODE_NAMES.get(script, script).upper()):
                found[script] += 1
    return found.most_common(1)[0][0] if found else ""


@lru_cache(maxsize=1)
def _finder() -> EmergencyFinder:
    return EmergencyFinder(shared())
