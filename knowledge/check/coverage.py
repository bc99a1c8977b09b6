"""`python -m knowledge.check --coverage`: what is stated, not stated and missing."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.model import KnowledgeBase

STATED, NOT_STATED, MISSING = "stated", "not stated", "missing"


def state(kb: KnowledgeBase, treatment_id: str, topic: str, language: str) -> str:
    """Whether a topic is stated, not stated, or stated without words in a language."""
    treatment = kb.treatments[treatment_id]
    words = treatment.words.get(language)
    if treatment.topics[topic].stated:
        return STATED if words and topic in words.topics else MISSING
    has_label = f"topics.{topic}" in kb.phrases.get(language, {})
    return NOT_STATED if words and has_label else MISSING


def report(kb: KnowledgeBase) -> Iterator[str]:
    """Lines of the report: one table a treatment, a row a topic, a column a language."""
    languages = kb.expected_languages
    wide = max(map(len, (*kb.topics, *kb.treatments))) + 4
    counts = dict.fromkeys((STATED, NOT_STATED, MISSING), 0)
    for treatment_id in kb.treatments:
        heads = "".join(code.ljust(12) for code in languages)
        yield (treatment_id.ljust(wide) + heads).rstrip()
        for topic in kb.topics:
            states = [state(kb, treatment_id, topic, code) for code in languages]
            for item in states:
                counts[item] += 1
            yield f"  {topic}".ljust(wide) + "".join(item.ljust(12) for item in states).rstrip()
        yield ""
    yield ", ".join(f"{number} {item}" for item, number in counts.items())
