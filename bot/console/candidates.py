"""Candidates: patients' sentences that staff confirmed or corrected, on their way to training.

Beside the message path. A sentence goes to training or to evaluation, never to both.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.console.corpus import Corpus, Sentence
from bot.console.tables import candidates
from bot.database import now

USES = ("training", "evaluation")
DECISIONS = ("pending", *USES, "discarded")
PAGE = 50

Row = dict[str, Any]


class Refused(ValueError):
    """A decision that would put a sentence to two uses; `args[0]` is the wording's key."""


@dataclass(frozen=True)
class Shown:
    """A candidate with what is known of its likes."""

    row: Row
    same: Sentence | None
    near: list[Sentence]


def listing(
    connection: Connection, known: Corpus, state: str, language: str = "", before: int = 0
) -> tuple[list[Shown], int]:
    """Candidates of a state, newest first, and where to go on from (0 at the end)."""
    query = sa.select(candidates).where(candidates.c.state == state)
    if language:
        query = query.where(candidates.c.language == language)
    if before:
        query = query.where(candidates.c.id < before)
    query = query.order_by(candidates.c.id.desc()).limit(PAGE + 1)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    shown = [
        Shown(row, known.same(row["essence"]), known.near(row["essence"], row["language"]))
        for row in rows[:PAGE]
    ]
    return shown, rows[PAGE - 1]["id"] if len(rows) > PAGE else 0


def counts(connection: Connection) -> dict[str, int]:
    """How many candidates each state has."""
    query = sa.select(candidates.c.state, sa.func.count()).group_by(candidates.c.state)
    return {**dict.fromkeys(DECISIONS, 0), **dict(connection.execute(query).all())}


def decide(
    connection: Connection, known: Corpus, identity: int, state: str, intent: str, who: str
) -> Row | None:
    """Put a candidate to a use, discard it or take the decision back; None if there is no such.

    Raises:
        Refused: the sentence is put to the other use already.
    """
    query = sa.select(candidates).where(candidates.c.id == identity)
    row = connection.execute(query).mappings().first()
    if row is None or state not in DECISIONS:
        return None
    if state in USES:
        other = USES[1 - USES.index(state)]
        same = known.same(row["essence"])
        taken = sa.select(candidates.c.id).where(
            candidates.c.essence == row["essence"],
            candidates.c.state == other,
            candidates.c.id != identity,
        )
        if (same and same.use == other) or connection.execute(taken).first():
            raise Refused(f"candidates.refused_{state}")
    values = {"state": state, "decided_by": who, "exported_at": None}
    values["intent"] = intent or row["intent"]
    connection.execute(candidates.update().where(candidates.c.id == identity).values(**values))
    return {**row, **values}


@dataclass(frozen=True)
class Export:
    """What an export holds: file name -> Rasa NLU YAML, and what was left out."""

    files: dict[str, str]
    sentences: int
    left_out: list[str]


def export(connection: Connection, known: Corpus, *, again: bool = False) -> Export:
    """Rasa NLU YAML by use and language of all decided candidates not exported before.

    Sentences that are in use already are left out, and said so where their intent differs.
    `again` exports those exported before, too.
    """
    query = sa.select(candidates).where(candidates.c.state.in_(USES))
    if not again:
        query = query.where(candidates.c.exported_at.is_(None))
    sorted_: dict[str, dict[str, dict[str, str]]] = {}
    seen: dict[str, str] = {}
    left_out, ids = [], []
    for row in connection.execute(query.order_by(candidates.c.id)).mappings():
        ids.append(row["id"])
        same = known.same(row["essence"])
        if same:
            if (same.intent, same.use) != (row["intent"], row["state"]):
                left_out.append(
                    f"{row['text']!r} is in {same.use} as {same.intent}, not {row['intent']}"
                )
            continue
        if seen.setdefault(row["essence"], row["state"]) != row["state"]:
            left_out.append(f"{row['text']!r} was to be put to both uses")
            continue
        file = f"{row['state']}/{row['language']}.yml"
        by_intent = sorted_.setdefault(file, {}).setdefault(row["intent"], {})
        by_intent[row["essence"]] = row["text"]
    connection.execute(
        candidates.update().where(candidates.c.id.in_(ids)).values(exported_at=now())
    )
    files = {
        file: nlu_yaml(Path(file).stem, {name: list(texts.values()) for name, texts in by.items()})
        for file, by in sorted(sorted_.items())
    }
    count = sum(len(texts) for by in sorted_.values() for texts in by.values())
    return Export(files, count, left_out)


def nlu_yaml(language: str, examples: dict[str, list[str]]) -> str:
    """Rasa's training format: one block an intent."""
    lines = ['version: "3.1"', "nlu:"]
    for intent in sorted(examples):
        lines += [f"- intent: {intent}", f"  metadata: {{language: {language}}}", "  examples: |"]
        lines += [f"    - {example_line(text)}" for text in examples[intent]]
    return "\n".join(lines) + "\n"


def example_line(text: str) -> str:
    """A sentence as one line that Rasa reads as plain words, not as an annotated entity."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.replace("](", "] (").replace("]{", "] {").split())
