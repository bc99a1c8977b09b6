"""Questions in, answers out: reading, refusing bad lines, comparing. No model is needed here."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from bot import replay
from bot.__main__ import main as bot_main
from bot.replay_compare import compare, describe


def line(**values: Any) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def test_lines_of_one_session_share_a_conversation() -> None:
    lines = [
        line(id="a", text="hi", session="s"),
        line(id="b", text="কতক্ষণ?", session="s"),
        "\n",
        line(id="c", text="hi"),
        line(id=7, text="hi", session=None),
    ]
    questions = replay.read_questions(lines, "q.jsonl")
    assert [question.id for question in questions] == ["a", "b", "c", "7"]
    first, second, third, fourth = (question.conversation_id for question in questions)
    assert first == second
    assert len({first, third, fourth}) == 3


def test_a_session_cannot_meet_a_line_s_own_conversation() -> None:
    lines = [line(id="a", text="hi"), line(id="b", text="hi", session="1")]
    first, second = replay.read_questions(lines, "q.jsonl")
    assert first.conversation_id != second.conversation_id


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ("{", "not JSON"),
        ("[1]", "must be a JSON object"),
        (line(id="a"), "'text' must be a text"),
        (line(text="a"), "'id' must be a text"),
        (line(id="a", text=5), "'text' must be a text"),
        (line(id="a", text="b", session=[1]), "'session' must be a text"),
        (line(id=True, text="b"), "'id' must be a text"),
    ],
)
def test_a_bad_line_is_named_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: str, complaint: str
) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(line(id="a", text="hi") + bad, encoding="utf-8")
    assert bot_main(["replay", str(file)]) == 2
    shown = capsys.readouterr()
    assert f"{file}:2: " in shown.err
    assert complaint in shown.err
    assert shown.out == ""


def test_standard_input_is_named_in_complaints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("nonsense\n"))
    assert bot_main(["replay", "-"]) == 2
    assert "standard input:1: not JSON" in capsys.readouterr().err


def test_a_missing_file_and_a_missing_model_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bot_main(["replay", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err
    file = tmp_path / "q.jsonl"
    file.write_text(line(id="a", text="hi"), encoding="utf-8")
    assert bot_main(["replay", str(file), "--model", str(tmp_path / "none.tar.gz")]) == 2
    assert "none.tar.gz" in capsys.readouterr().err


def answer(name: str, **changed: Any) -> dict[str, Any]:
    return {
        "id": name,
        "text": f"question {name}",
        "language": "en",
        "intent": "ask_pain",
        "confidence": 0.91,
        "kind": "answer",
        "treatment": "glutathione",
        "topic": "pain",
        "facts": [],
        "reply": "It does.",
        "ms": 4.0,
        **changed,
    }


def test_only_what_a_patient_notices_is_a_change() -> None:
    old = [answer("a"), answer("b"), answer("c")]
    new = [
        answer("a", confidence=0.5, ms=9.0),
        answer("b", reply="It does not."),
        answer("c", intent="ask_safety", topic="safety", reply="It is."),
    ]
    changes = compare(old, new)
    assert [(change.id, change.fields) for change in changes] == [
        ("b", ("reply",)),
        ("c", ("intent", "topic", "reply")),
    ]
    text = describe(changes, len(new))
    assert "It does not." in text
    assert "question c" in text
    assert text.endswith("2 of 3 answers changed.\n")


def test_a_question_on_one_side_only_is_listed() -> None:
    changes = compare([answer("a"), answer("b")], [answer("b"), answer("c")])
    assert [(change.id, change.old is None, change.new is None) for change in changes] == [
        ("c", True, False),
        ("a", False, True),
    ]


def test_a_repeated_id_keeps_its_place() -> None:
    old = [answer("a", reply="1"), answer("a", reply="2")]
    assert compare(old, old) == []
    assert len(compare(old, [answer("a", reply="1"), answer("a", reply="3")])) == 1


def test_two_outputs_are_compared_from_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, reply in (("old", "1"), ("new", "2")):
        (tmp_path / f"{name}.jsonl").write_text(line(**answer("a", reply=reply)), encoding="utf-8")
    command = ["replay", "--compare", str(tmp_path / "old.jsonl"), str(tmp_path / "new.jsonl")]
    assert bot_main(command) == 0
    assert "1 of 1 answers changed." in capsys.readouterr().out


def test_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert bot_main(["help"]) == 0
    assert "replay" in capsys.readouterr().out
    assert bot_main(["no-such-command"]) == 2
