"""What Rasa's tracker tells becomes rows that staff can read, on both databases."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.transcript_events import EventReader
from bot.transcript_store import store
from bot.transcript_summary import latency_class
from bot.transcript_tables import (
    conversation_search,
    conversations,
    daily_counts,
    feedback,
    messages,
)
from tests.bot.events import bot_event, user_event


def tell(engine: Engine, *events: dict) -> None:
    """Store tracker events as the broker does."""
    reader = EventReader()
    with engine.begin() as connection:
        for event in events:
            entry = reader.read(event)
            if entry:
                store(connection, entry)


def rows(engine: Engine, table: sa.Table, *order: sa.Column) -> list[dict]:
    with engine.connect() as connection:
        found = connection.execute(sa.select(table).order_by(*order)).mappings()
        return [dict(row) for row in found]


def test_a_turn_is_two_rows_with_what_was_understood(engine: Engine) -> None:
    tell(
        engine,
        user_event("ব্যথা হবে কি? ০১৭১১২৩৪৫৬৭", intent="ask_pain", confidence=0.83, language="bn"),
        bot_event("উত্তর", kind="answer", treatment="glutathione", topic="pain", language="bn"),
    )
    said, answered = rows(engine, messages, messages.c.id)
    assert said["text"] == "ব্যথা হবে কি? [phone]"
    assert (said["intent"], said["confidence"], said["language"]) == ("ask_pain", 0.83, "bn")
    assert said["ranking"][0] == {"name": "ask_pain", "confidence": 0.83}
    assert said["entities"] == [{"entity": "treatment", "value": "glutathione"}]
    assert said["turn_id"] == answered["turn_id"] == "turn-1"
    assert answered["record"]["sources"][0]["document"] == "glutathione"
    assert (answered["kind"], answered["topic"]) == ("answer", "pain")
    assert answered["latency_ms"] == 250
    assert answered["at"].tzinfo is not None


def test_stored_json_is_readable_in_every_script(engine: Engine) -> None:
    tell(engine, user_event("hi", entities=[{"entity": "x", "value": "গ্লুটাথায়ন"}]))
    with engine.connect() as connection:
        raw = connection.execute(sa.text("SELECT CAST(entities AS TEXT) FROM messages")).scalar()
    assert "গ্লুটাথায়ন" in raw


def test_the_conversation_sums_up_its_messages(engine: Engine) -> None:
    tell(
        engine,
        user_event("douleur ?", intent="ask_pain", confidence=0.9, language="fr", country="FR"),
        bot_event("Non", kind="answer", treatment="glutathione", topic="pain", language="fr"),
        user_event("blah", turn="turn-2", intent="nlu_fallback", confidence=0.31, language="fr"),
        bot_event("?", kind="fallback", language="fr", at=1002.0),
        user_event("/ask_cost", turn="turn-3", intent="ask_cost", confidence=1.0, at=1003.0),
        bot_event("prix", kind="contact", language="fr", at=1003.5),
    )
    (row,) = rows(engine, conversations)
    assert (row["messages"], row["turns"], row["fallbacks"]) == (6, 3, 1)
    assert row["lowest_confidence"] == 0.31
    assert (row["language"], row["country"], row["channel"]) == ("fr", "FR", "web")
    assert row["treatments"] == ",glutathione,"
    assert row["kinds"] == ",answer,fallback,contact,"
    assert row["intents"] == ",ask_pain,nlu_fallback,ask_cost,"
    assert row["preview"] == "douleur ?"
    assert row["emergency"] is False


def test_an_emergency_is_flagged_by_rule_and_by_answer(engine: Engine) -> None:
    tell(engine, user_event("can't breathe", red_flag="breathing"))
    assert rows(engine, conversations)[0]["emergency"] is True
    tell(engine, user_event("x", sender="two"), bot_event("!", kind="emergency", sender="two"))
    assert [row["emergency"] for row in rows(engine, conversations)] == [True, True]


def test_replaying_an_entry_changes_nothing(engine: Engine) -> None:
    turn = [user_event("pain?"), bot_event("no", kind="answer", topic="pain")]
    tell(engine, *turn)
    before = [rows(engine, table) for table in (conversations, messages, daily_counts)]
    tell(engine, *turn)
    assert [rows(engine, table) for table in (conversations, messages, daily_counts)] == before


def test_a_second_message_of_one_turn_is_kept(engine: Engine) -> None:
    tell(engine, user_event("hi"), bot_event("one"), bot_event("two"))
    assert [row["text"] for row in rows(engine, messages, messages.c.id)] == ["hi", "one", "two"]


def test_replays_are_not_patients(engine: Engine) -> None:
    tell(engine, user_event("hi", channel="replay"), bot_event("hello"))
    assert rows(engine, messages) == []


def test_daily_counts_hold_no_person(engine: Engine) -> None:
    tell(engine, user_event("hi", language="fr"), bot_event("salut", kind="smalltalk"))
    tell(engine, user_event("hi", sender="two", language="fr"), bot_event("a", sender="two"))
    counted = {(row["dimension"], row["value"]): row["count"] for row in rows(engine, daily_counts)}
    assert counted[("conversations", "")] == 2
    assert counted[("messages", "in")] == counted[("messages", "out")] == 2
    assert counted[("kind", "smalltalk")] == 1
    assert counted[("latency", latency_class(250))] == 2
    assert not any("hi" in str(value) for pair in counted for value in pair if value != "in")


def test_the_last_verdict_counts(engine: Engine) -> None:
    tell(engine, user_event("hi"), bot_event("hello"))
    verdict = {"type": "feedback", "conversation_id": "web-1", "turn_id": "turn-1", "at": 1001.0}
    with engine.begin() as connection:
        store(connection, {**verdict, "value": "up"})
        store(connection, {**verdict, "value": "down", "reason": "wrong"})
    (row,) = rows(engine, conversations)
    assert (row["thumbs_up"], row["thumbs_down"]) == (0, 1)
    assert [(row["value"], row["reason"]) for row in rows(engine, feedback)] == [("down", "wrong")]
    counted = {
        row["value"]: row["count"]
        for row in rows(engine, daily_counts)
        if row["dimension"] == "feedback"
    }
    assert counted == {"up": 0, "down": 1}


def test_search_tokens_follow_the_conversation(engine: Engine) -> None:
    tell(engine, user_event("Douleur après ?"), user_event("副作用", turn="turn-2"))
    (row,) = rows(engine, conversation_search)
    assert row["tokens"] == "douleur apres 副作 作用"


def test_the_sqlite_index_follows_changes_and_deletions(tmp_path) -> None:
    from bot.database import open_url, upgrade

    engine = open_url(f"sqlite:///{tmp_path / 'p.db'}")
    upgrade(engine)
    tell(engine, user_event("douleur"), user_event("nausea", turn="turn-2"))

    def hits(word: str) -> int:
        query = "SELECT count(*) FROM conversation_fts WHERE conversation_fts MATCH :word"
        with engine.connect() as connection:
            return connection.execute(sa.text(query), {"word": word}).scalar()

    assert (hits("douleur"), hits("nausea"), hits("naus*")) == (1, 1, 1)
    with engine.begin() as connection:
        connection.execute(conversations.delete())
    assert (hits("douleur"), hits("nausea")) == (0, 0)


def test_a_character_postgres_cannot_hold_is_left_out(engine: Engine) -> None:
    tell(engine, user_event("a\0b"))
    assert rows(engine, messages)[0]["text"] == "ab"
