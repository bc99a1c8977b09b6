"""Messages that ask several things, or say what they do not ask."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.clauses import ClauseCutter
from bot.nlu.embeddings import LateFeatures
from bot.nlu.several_topics import ClauseOpinion, judge, lowered, may_ask_more, reweigh
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


ONE_CLAUSE = [
    "does it hurt?",
    "sand and",
    "andere",
    "疼吗？",
    "ok",
    "who should not do it",
    "pas de danger ?",
    "pas de risque",
    "qui ne doit pas le faire ?",
    "is it not the same",
]


@pytest.mark.parametrize("text", ONE_CLAUSE)
def test_one_question_has_no_clauses(cutter: ClauseCutter, text: str) -> None:
    assert cutter.cut(text) == []


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("not about the price, about the pain", [True, False]),
        ("I don't mean the price but the pain", [True, False]),
        ("je ne parle pas du prix, mais de la douleur", [True, False]),
        ("pas le prix, la douleur je veux dire", [True, False]),
        ("not the price, the pain I mean", [True, False]),
        ("ça fait mal ? pas de danger ?", [False, False]),
        ("je ne peux pas le faire, ça fait mal ?", [False, False]),
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


def test_a_wish_for_a_language_and_a_question_are_two() -> None:
    whole = {"change_language": 0.8, "ask_pain": 0.2}
    clauses = [opinion("change_language"), opinion("ask_pain")]
    found = judge(whole, clauses, sure=0.6, seen=0.02, beside=["change_language"])
    assert found.topics == ("change_language", "ask_pain")
    assert judge(whole, clauses, sure=0.6, seen=0.02).topics == ()


def test_clauses_are_read_only_where_two_questions_can_be_found() -> None:
    assert may_ask_more(WHOLE, seen=0.02)
    assert not may_ask_more({"ask_pain": 0.99, "ask_cost": 0.01}, seen=0.02)
    wish = {"ask_pain": 0.9, "change_language": 0.1}
    assert not may_ask_more(wish, seen=0.02)
    assert may_ask_more(wish, seen=0.02, beside=["change_language"])


def test_a_clause_is_encoded_when_its_row_is_read_and_not_before() -> None:
    read = []

    def encode() -> np.ndarray:
        read.append("ask")
        return np.ones((1, 3))

    message = Message({TEXT: "does it hurt"})
    message.add_features(LateFeatures(encode, "encoder"))
    assert message.get_sparse_features(TEXT) == (None, None)
    _, row = message.get_dense_features(TEXT)
    assert read == []
    assert row.features.tolist() == [[1, 1, 1]]
    assert read == ["ask"]


def test_what_is_denied_is_not_asked() -> None:
    clauses = [opinion("ask_cost", denied=True), opinion("ask_pain")]
    found = judge(WHOLE, clauses, sure=0.6, seen=0.02)
    assert (found.topics, found.negated) == (("ask_pain",), ("ask_cost",))
    shares = reweigh(WHOLE, found)
    assert max(shares, key=lambda name: shares[name]) == "ask_pain"
    assert shares["ask_cost"] == 0.0
    assert sum(shares.values()) == pytest.approx(1.0)


def test_another_subject_is_unlikely_beside_a_treatment_of_ours() -> None:
    shares = lowered({"out_of_scope": 0.5, "ask_cost": 0.4, "greet": 0.1}, "out_of_scope", 0.1)
    assert max(shares, key=lambda name: shares[name]) == "ask_cost"
    assert sum(shares.values()) == pytest.approx(1.0)
    assert lowered({"ask_cost": 1.0}, "out_of_scope", 0.1)["ask_cost"] == 1.0
