"""`python -m bot replay` on the trained model: its lines, in order, the same every time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.model_files import newest_model

pytestmark = pytest.mark.trained

QUESTIONS = [
    {"id": "q1", "session": "a", "text": "how long does a glutathione session take?"},
    {"id": "q2", "session": "b", "text": "how long does it take?"},
    {"id": "q3", "session": "a", "text": "and how many of them do I need?"},
    {"id": "q4", "text": "সিটি গাইডেড ইনফিলট্রেশন দিতে কত মিনিট লাগে"},
    {"id": "q5", "text": "/restart"},
    {"id": "q6", "text": ""},
    {"id": "q7", "text": 'asdf {"x": 1} \u0000 😀 ${HOME} <b>'},
]
KEYS = [
    *("id", "session", "text", "language", "intent", "confidence", "entities", "reply", "ms"),
    *("kind", "treatment", "topic", "facts", "sources", "buttons"),
]


@pytest.fixture(scope="module")
def model(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--model") or newest_model())


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("replay") / "questions.jsonl"
    lines = (json.dumps(question, ensure_ascii=False) + "\n" for question in QUESTIONS)
    file.write_text("".join(lines), encoding="utf-8")
    return str(file)


def without_times(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in answer.items() if key != "ms"} for answer in answers]


def test_lines_are_answered_in_order_and_alike_each_time(
    capsys: pytest.CaptureFixture[str], model: str, questions: str, tmp_path: Path
) -> None:
    runs = []
    for _ in range(2):
        assert main(["replay", questions, "--model", model]) == 0
        printed = capsys.readouterr().out
        runs.append([json.loads(line) for line in printed.splitlines()])
    answers = runs[0]
    assert without_times(answers) == without_times(runs[1])
    assert [answer["id"] for answer in answers] == [question["id"] for question in QUESTIONS]
    for answer, question in zip(answers, QUESTIONS, strict=True):
        assert [key for key in answer if key not in ("topics", "treatments")] == KEYS
        assert (answer["session"], answer["text"]) == (question.get("session"), question["text"])
        assert answer["ms"] > 0
        assert answer["reply"]
    q1, q2, q3, q4 = answers[:4]
    assert (q1["kind"], q1["treatment"], q1["topic"]) == (
        "answer",
        "glutathione",
        "session_duration",
    )
    assert (q1["intent"], q1["language"]) == ("ask_session_duration", "en")
    assert {"entity", "value", "start", "end"} <= set(q1["entities"][-1])
    assert q2["kind"] == "ask_treatment"
    assert (q3["treatment"], q3["topic"]) == ("glutathione", "session_count")
    assert (q4["language"], q4["treatment"]) == ("bn", "ct_guided_infiltration")
    output = tmp_path / "answers.jsonl"
    output.write_text(printed, encoding="utf-8")
    assert main(["replay", questions, "--compare", str(output), model]) == 0
    assert capsys.readouterr().out == f"0 of {len(QUESTIONS)} answers changed.\n"
