"""Words an outcome in the patient's language, and writes the structured record beside it.

Step 8 of the message path. One message a turn: disclosure, parts, source, buttons.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from actions.outcome import Choice, Name, Outcome, Say
from actions.turn import Turn
from actions.wording import Wording
from knowledge.model import KnowledgeBase, Source


@dataclass(frozen=True)
class Reply:
    """One message as the dispatcher takes it."""

    text: str
    buttons: list[dict[str, str]]
    record: dict[str, Any]


def compose(outcome: Outcome, turn: Turn, kb: KnowledgeBase) -> Reply:
    """Word an outcome."""
    language = outcome.language or turn.language
    wording = Wording(kb, language)
    paragraphs = [text for part in outcome.parts if (text := wording.text(part))]
    sources = wording.sources(outcome.parts)
    if sources and not outcome.urgent:
        paragraphs.append(_source_line(wording, sources))
    if not turn.disclosed and "disclosed" not in outcome.keep:
        disclosure = wording.text(Say("answer.disclosure"))
        paragraphs.insert(len(paragraphs) if outcome.urgent else 0, disclosure)
    buttons = [
        {"title": wording.title(choice.title), "payload": payload(choice)}
        for choice in outcome.choices
    ]
    treatments, topics = outcome.treatments, outcome.topics
    record: dict[str, Any] = {
        "kind": outcome.kind,
        "treatment": treatments[0] if treatments else None,
        "topic": topics[0] if topics else None,
        "language": language,
        "facts": list(wording.facts(outcome.parts)),
        "sources": [asdict(source) for source in sources],
        "buttons": buttons,
    }
    if len(topics) > 1:
        record["topics"] = list(topics)
    if len(treatments) > 1:
        record["treatments"] = list(treatments)
    return Reply("\n\n".join(paragraphs), buttons, record)


def payload(choice: Choice) -> str:
    """What a button sends back: `/ask_pain{"treatment":"glutathione"}`."""
    values = {"treatment": choice.treatment, "language": choice.language}
    entities = {name: value for name, value in values.items() if value}
    if not entities:
        return f"/{choice.intent}"
    return f"/{choice.intent}{json.dumps(entities, separators=(',', ':'))}"


def _source_line(wording: Wording, sources: Iterable[Source]) -> str:
    sections: dict[str, list[str]] = {}
    for source in sources:
        sections.setdefault(source.document, []).append(source.section)
    named = [
        wording.text(
            Say(
                "answer.source_sections",
                {"document": Name("document", document), "sections": "; ".join(headings)},
            )
        )
        for document, headings in sections.items()
    ]
    return wording.text(Say("answer.source", {"sources": "; ".join(named)}))
