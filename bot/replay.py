"""`python -m bot replay QUESTIONS.jsonl`: asks the bot a file of questions and prints its answers.

Takes steps 2 to 8 of the message path like a live message, in one process. Staff see with it what
a new model changes: `--compare OLD NEW` lists every answer that differs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

WARM_UP = "…"
TIMEOUT = 60.0  # seconds; a slow machine must not change an answer


class BadLine(ValueError):
    """A line of the questions that cannot be used; says which and why."""


@dataclass(frozen=True)
class Question:
    """One line of the questions file."""

    id: str
    text: str
    session: str | None
    line: int

    @property
    def conversation_id(self) -> str:
        """Lines of one session share a conversation; a line without one has its own."""
        return f"session:{self.session}" if self.session is not None else f"line:{self.line}"


def main(argv: list[str]) -> int:
    """Run the command; 0 when done, 2 when the input or the model cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m bot replay", description=__doc__)
    parser.add_argument("questions", nargs="?", help='JSON lines {"id", "text", "session"?}, or -')
    parser.add_argument("--model", type=Path, help="a model file; the newest in models/ unless set")
    parser.add_argument(
        "--compare",
        nargs=2,
        type=Path,
        metavar=("OLD", "NEW"),
        help="two model files, or two outputs of replay: list what differs",
    )
    options = parser.parse_args(argv)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # whatever the terminal's locale says
    try:
        return _run(options, parser)
    except (BadLine, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if options.compare:
        from bot.replay_compare import compare, describe

        old, new = (_answers(path, options.questions, parser) for path in options.compare)
        changes = compare(old, new)
        print(describe(changes, len(new)), end="")
        return 0
    if not options.questions:
        parser.error("name a file of questions, or - for standard input")
    questions = _questions(options.questions)
    asyncio.run(_print(questions, options.model))
    return 0


def _answers(
    path: Path, questions: str | None, parser: argparse.ArgumentParser
) -> list[dict[str, Any]]:
    """The answers of a model, or those that an output of replay holds."""
    if path.suffix == ".gz":
        if not questions:
            parser.error("name the file of questions to ask both models")
        return asyncio.run(_collect(_questions(questions), path))
    with path.open(encoding="utf-8") as lines:
        return [_object(line, f"{path}:{number}") for number, line in enumerate(lines, 1)]


def _questions(name: str) -> list[Question]:
    if name == "-":
        return read_questions(sys.stdin, "standard input")
    with Path(name).open(encoding="utf-8") as lines:
        return read_questions(lines, name)


def read_questions(lines: Iterable[str], name: str) -> list[Question]:
    """Read and check all questions before the first is asked; empty lines are skipped.

    Raises:
        BadLine: with the file's name, the line's number and what is wrong.
    """
    questions = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        item = _object(line, where)
        for key, needed in (("id", True), ("text", True), ("session", False)):
            value = item.get(key)
            if value is None and not needed:
                continue
            if key != "text" and isinstance(value, int) and not isinstance(value, bool):
                item[key] = str(value)
            elif not isinstance(value, str):
                raise BadLine(f"{where}: {key!r} must be a text, not {value!r}")
        questions.append(Question(item["id"], item["text"], item.get("session"), number))
    return questions


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except ValueError as error:
        raise BadLine(f"{where}: not JSON: {error}") from error
    if not isinstance(item, dict):
        raise BadLine(f"{where}: must be a JSON object, not {item!r}")
    return item


async def _print(questions: list[Question], model: Path | None) -> None:
    async for answer in replay(questions, model):
        print(json.dumps(answer, ensure_ascii=False), flush=True)


async def _collect(questions: list[Question], model: Path) -> list[dict[str, Any]]:
    return [answer async for answer in replay(questions, model)]


async def replay(
    questions: Iterable[Question], model: Path | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Ask the questions in order and yield one answer each, as the design's replay lines."""
    from bot.channels.turn import take_turn
    from bot.offline import load_agent

    agent = load_agent(model)
    await agent.parse_message(WARM_UP)  # so that the first answer's time is like the others'
    for question in questions:
        metadata = {
            "channel": "replay",
            "page_language": None,
            "country": None,
            "language": None,
            "message_id": f"replay:{question.line}",
        }
        started = time.perf_counter()
        reply = await take_turn(
            agent.handle_message,
            conversation_id=question.conversation_id,
            text=question.text,
            channel="replay",
            metadata=metadata,
            timeout=TIMEOUT,
        )
        milliseconds = (time.perf_counter() - started) * 1000
        tracker = await agent.tracker_store.retrieve(question.conversation_id)
        message = tracker.latest_message.parse_data if tracker and tracker.latest_message else {}
        intent = message.get("intent") or {}
        record = dict(reply.record)
        yield {
            "id": question.id,
            "session": question.session,
            "text": question.text,
            "language": record.pop("language", None),
            "intent": intent.get("name"),
            "confidence": intent.get("confidence"),
            "entities": message.get("entities") or [],
            "reply": reply.text,
            "ms": round(milliseconds, 1),
            **record,
        }
