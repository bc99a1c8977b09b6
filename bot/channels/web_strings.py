"""What the chat window says in each language, and what its menu sends, all from knowledge/.

Stands before step 1 of the message path: the browser asks for one language's texts at a time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from babel import Locale

from knowledge.model import KnowledgeBase

PREFIX = "web."
MENU = ("ask_cost", "book_appointment", "ask_clinic_info", "talk_to_human")
DEFAULT = "en"


def interface(kb: KnowledgeBase, language: str, longest: int) -> dict[str, Any]:
    """Everything of one language that the chat window shows; `longest` message in characters."""
    phrases = kb.phrases[language]
    near = _near(kb, language)
    texts = {
        key.removeprefix(PREFIX): text
        for key, text in phrases.items()
        if key.startswith(PREFIX) and not key.startswith("web.page.")
    }
    texts["source_line"] = phrases["answer.source"]
    return {
        "language": language,
        "dir": _direction(kb.languages[language].locale),
        "strings": texts,
        "treatments": _treatments(kb, language),
        "menu": [
            {"title": phrases["buttons." + intent.removeprefix("ask_")], "payload": f"/{intent}"}
            for intent in MENU
        ],
        "languages": [
            {
                "code": code,
                "name": kb.languages[code].name,
                "payload": _payload("change_language", language=code),
            }
            for code in kb.answer_languages
        ],
        "documents": {
            name: next(document.title[code] for code in near if code in document.title)
            for name, document in kb.documents.items()
        },
        "contact": _contact(kb),
        "longest": longest,
    }


def menu_payloads(kb: KnowledgeBase) -> frozenset[str]:
    """Every payload that the chat window may send without having been offered it in an answer."""
    every = [interface(kb, code, 0) for code in kb.answer_languages]
    return frozenset(
        item["payload"]
        for texts in every
        for item in (*texts["treatments"], *texts["menu"], *texts["languages"])
    )


def _near(kb: KnowledgeBase, language: str) -> tuple[str, str, str]:
    """Where to look for names: Banglish has few of its own."""
    return language, kb.languages[language].answers, DEFAULT


def _treatments(kb: KnowledgeBase, language: str) -> list[dict[str, str]]:
    buttons = []
    for name, treatment in kb.treatments.items():
        near = (code for code in _near(kb, language) if code in treatment.words)
        words = treatment.words[next(near)]
        payload = _payload("inform", treatment=name)
        buttons.append({"title": words.short_name, "payload": payload})
    return buttons


def _payload(intent: str, **entities: str) -> str:
    return f"/{intent}{json.dumps(entities, separators=(',', ':'))}"


def _contact(kb: KnowledgeBase) -> Mapping[str, str | None]:
    clinic = kb.clinic
    return {
        "phone": clinic.phone,
        "emergency_line": clinic.emergency_line,
        "emergency": clinic.emergency_numbers.get(clinic.country),
    }


def _direction(locale: str) -> str:
    order = Locale.parse(locale, sep="-" if "-" in locale else "_").character_order
    return "rtl" if order == "right-to-left" else "ltr"
