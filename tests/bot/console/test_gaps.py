"""What the bot cannot answer is grouped by meaning, whatever the language."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from sqlalchemy.engine import Engine

from bot.console import gaps, grouping
from bot.console.meaning import Meaning, default_meaning
from tests.bot.console.conftest import Staff

Said = Callable[..., None]
# The same wishes, which no document of the clinic speaks of, in four languages.
WISHES = {
    "parking": {
        "en": "Is there a car park at the clinic?",
        "fr": "Y a-t-il un parking à la clinique ?",
        "bn": "ক্লিনিকে গাড়ি পার্কিং করার জায়গা আছে?",
        "zh": "诊所有停车场吗？",
    },
    "laser hair": {
        "en": "Do you do laser hair removal?",
        "fr": "Faites-vous l'épilation au laser ?",
        "bn": "আপনারা কি লেজার দিয়ে চুল তোলেন?",
        "zh": "你们做激光脱毛吗？",
    },
    "child vaccine": {
        "en": "Can my baby be vaccinated here?",
        "fr": "Mon bébé peut-il être vacciné chez vous ?",
        "bn": "আমার বাচ্চাকে কি এখানে টিকা দেওয়া যাবে?",
        "zh": "我的宝宝可以在这里打疫苗吗？",
    },
}


class ByFirstLetter:
    """Texts that begin alike mean the same."""

    def vectors(self, texts: Sequence[str], languages: Sequence[str | None]) -> np.ndarray:
        return np.eye(26, dtype=np.float32)[[ord(text[0].lower()) - 97 for text in texts]]


def found(engine: Engine, state: str = "open") -> list[tuple[int, int]]:
    with engine.connect() as connection:
        return [(row["id"], row["questions"]) for row in gaps.listing(connection, state)]


def test_unanswered_and_unsure_questions_are_grouped(said: Said, engine: Engine) -> None:
    said("alpha", kind="fallback")
    said("another", kind="answer", confidence=0.4)
    said("beta", kind="fallback")
    said("answered well", kind="answer", confidence=0.9)
    said("/ask_pain", kind="fallback")
    assert grouping.group(engine, ByFirstLetter) == 3
    assert found(engine) == [(1, 2), (2, 1)]
    assert grouping.group(engine, ByFirstLetter) == 0, "each question is grouped once"


def test_what_the_documents_leave_out_is_grouped_by_topic(said: Said, engine: Engine) -> None:
    said("how long", kind="not_stated", treatment="il_injection", topic="session_count")
    said("combien", kind="not_stated", treatment="il_injection", topic="session_count")
    said("combien", kind="not_stated", treatment="glutathione", topic="session_count")

    def never() -> Meaning:
        raise AssertionError("nothing needs comparing")

    assert grouping.group(engine, never) == 3
    assert [count for _, count in found(engine)] == [2, 1]


def test_a_group_keeps_its_state_while_questions_join(said: Said, engine: Engine) -> None:
    said("alpha", kind="fallback")
    grouping.group(engine, ByFirstLetter)
    with engine.begin() as connection:
        assert gaps.change(connection, 1, "answered", "in the new leaflet")
        assert not gaps.change(connection, 99, "answered", "")
    said("again", kind="fallback")
    grouping.group(engine, ByFirstLetter)
    assert found(engine) == []
    assert found(engine, "answered") == [(1, 2)]


def test_the_pages_show_groups_and_change_their_state(
    said: Said, engine: Engine, staff: Callable[[str], Staff]
) -> None:
    said("alpha one", kind="fallback", language="en")
    said("alpha deux", kind="fallback", language="fr")
    grouping.group(engine, ByFirstLetter)
    reviewer = staff("reviewer")
    page = reviewer.get("/gaps").text
    assert "alpha one" in page
    assert "alpha deux" in page
    assert "2 questions" in page
    assert reviewer.post("/gaps/1", state="not_for_us", note="ask 01711234567").status_code == 303
    assert "ask [phone]" in reviewer.get("/gaps/1").text
    assert "alpha one" not in reviewer.get("/gaps").text
    assert "alpha one" in reviewer.get("/gaps?state=not_for_us").text
    assert reviewer.post("/gaps/1", state="nonsense").status_code == 400


def test_one_wish_in_four_languages_is_one_group(said: Said, engine: Engine) -> None:
    for words in WISHES.values():
        for language, text in words.items():
            said(text, kind="fallback", language=language)
    grouping.group(engine, default_meaning)
    with engine.connect() as connection:
        groups = gaps.listing(connection, "open")
        texts = {
            row["id"]: {q["text"] for q in gaps.questions(connection, row["id"])} for row in groups
        }
    for wish, words in WISHES.items():
        largest = max(len(members & set(words.values())) for members in texts.values())
        assert largest >= 3, f"{wish}: {texts}"
    mixed = [
        members
        for members in texts.values()
        if sum(bool(members & set(words.values())) for words in WISHES.values()) > 1
    ]
    assert mixed == []


def test_the_means_of_languages_are_taken_out() -> None:
    class Fixed:
        name, size = "fixed", 2

        def encode(self, texts: Sequence[str]) -> np.ndarray:
            rows = {"a": [1.0, 0.1], "b": [1.0, -0.1], "c": [0.1, 1.0], "d": [-0.1, 1.0]}
            return np.array([rows[text] for text in texts])

    meaning = Meaning(Fixed(), {"en": ["a", "b"], "fr": ["c", "d"]})
    rows = meaning.vectors(["a", "b", "c"], ["en", "en", None])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert rows[0] @ rows[1] == pytest.approx(-1, abs=1e-3)
