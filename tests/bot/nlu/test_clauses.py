"""Messages that ask several things, or say what they do not ask."""

from __future__ import annotations

import pytest

from bot.nlu.clauses import ClauseCutter
from bot.nlu.several_topics import ClauseOpinion, judge, reweigh
from bot.nlu.word_files import read_words


@pytest.fixture(scope="module")
def cutter() -> ClauseCutter:
    return ClauseCutter(read_words(), {"zh": False})


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("how long is it and how many do I need?", ["how long is it", "how many do I need"]),
        ("ça dure combien et ça fait mal", ["ça dure combien", "ça fait mal"]),
        ("কতক্ষণ লাগে আর কয়বার লাগে", ["কতক্ষণ লাগে", "কয়বার লাগে"]),
        ("koto somoy lage ar koyta lagbe", ["koto somoy lage", "koyta lagbe"]),
        ("要多久，要打几次？", ["要多久", "要打几次"]),
        ("要多久还有要打几次", ["要多久", "要打几次"]),
    ],
)
def test_cuts_questions(cutter: ClauseCutter, text: str, clauses: list[str]) -> None:
    assert [clause.text for clause in cutter.cut(text)] == clauses


@pytest.mark.parametrize("text", ["does it hurt?", "sand and", "andere", "疼吗？", "ok"])
def test_one_question_has_no_clauses(cutter: ClauseCutter, text: str) -> None:
    assert cutter.cut(text) == []


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("not about the price, about the pain", [True, False]),
        ("I don't mean the price but the pain", [True, False]),
        ("je ne parle pas du prix, mais de la douleur", [True, False]),
        ("不是问价格，是问疼不疼", [True, False]),
        ("dam niye na, betha niye bolen", [True, False]),
    ],
)
def test_marks_what_is_denied(cutter: ClauseCutter, text: str, denied: list[bool]) -> None:
    assert [clause.denied for clause in cutter.cut(text)] == denied


WHOLE = {"ask_cost": 0.5, "ask_pain": 0.3, "greet": 0.2}


def opinion(intent: str, share: float = 0.9, denied: bool = False) -> ClauseOpinion:
    return ClauseOpinion({intent: share, "other": 1 - share}, denied)


def test_two_topics_in_their_order() -> None:
    found = judge(WHOLE, [opinion("ask_pain"), opinion("ask_cost")], sure=0.6, seen=0.02)
    assert found.topics == ("ask_pain", "ask_cost")
    assert found.negated == ()


def test_a_clause_that_is_unsure_or_no_question_does_not_count() -> None:
    clauses = [opinion("ask_pain", 0.5), opinion("ask_cost"), opinion("greet")]
    assert judge(WHOLE, clauses, sure=0.6, seen=0.02).topics == ()


def test_a_topic_that_the_whole_does_not_show_does_not_count() -> None:
    clauses = [opinion("ask_pain"), opinion("ask_results")]
    assert judge(WHOLE, clauses, sure=0.6, seen=0.02).topics == ()


def test_what_is_denied_is_not_asked() -> None:
    clauses = [opinion("ask_cost", denied=True), opinion("ask_pain")]
    found = judge(WHOLE, clauses, sure=0.6, seen=0.02)
    assert (found.topics, found.negated) == (("ask_pain",), ("ask_cost",))
    shares = reweigh(WHOLE, found)
    assert max(shares, key=lambda name: shares[name]) == "ask_pain"
    assert shares["ask_cost"] == 0.0
    assert sum(shares.values()) == pytest.approx(1.0)
