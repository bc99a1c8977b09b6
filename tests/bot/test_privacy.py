"""Everything of one person can be exported and erased; nothing is kept longer than settings say."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.channels.messaging_tables import outbox, people
from bot.console.audit import Audit
from bot.console.tables import candidates, gap_questions, gaps, notes, reviews
from bot.database import now, open_url
from bot.person_data import PersonData
from bot.privacy import NobodyFound, Privacy, contact_forms, main
from bot.retention import purge, purge_tracker, purge_transcript
from bot.secret import pseudonym
from bot.settings import Settings
from bot.transcript_events import EventReader
from bot.transcript_journal import Journal
from bot.transcript_store import store
from bot.transcript_tables import conversation_search, conversations, daily_counts, messages
from tests.bot.events import bot_event, user_event

PHONE = "+880 1711-234567"
# Tables that hold nothing of any one patient; a new table is either here or found by its columns.
OF_NOBODY = {
    "alembic_version",
    "audit_head",
    "audit_log",  # the pseudonym alone, which nobody can turn back into a person
    "console_sessions",
    "conversation_fts",  # follows conversation_search by triggers
    "conversation_fts_config",
    "conversation_fts_data",
    "conversation_fts_idx",
    "daily_counts",
    "gaps",
    "messaging_counts",
    "saved_views",
    "setup_links",
    "sign_in_failures",
    "users",
}


@pytest.fixture
def tracker(settings: Settings) -> Engine:
    """Rasa's tracker rows, as SQLTrackerStore makes them."""
    from rasa.core.tracker_store import SQLTrackerStore

    engine = open_url(settings.tracker_database)
    SQLTrackerStore.Base.metadata.create_all(engine)
    return engine


@pytest.fixture
def privacy(settings: Settings, engine: Engine, tracker: Engine) -> Privacy:
    return Privacy(settings, engine, tracker)


def add_person(engine: Engine, tracker: Engine, conversation: str, at: float = 1e9) -> None:
    """A row in every table that can hold something of a person."""
    reader = EventReader()
    said = [
        user_event(f"secretword {conversation}", sender=conversation, at=at),
        bot_event("answer", sender=conversation, at=at + 1),
    ]
    same = {"conversation_id": conversation, "turn_id": "turn-1"}
    with engine.begin() as connection:
        for event in said:
            store(connection, reader.read(event))
        store(connection, {"type": "feedback", **same, "value": "up", "at": at})
        values = {**same, "at": now()}
        connection.execute(reviews.insert().values(**values, verdict="right", reviewer="a"))
        connection.execute(
            notes.insert().values(conversation_id=conversation, text="x", author="a", at=now())
        )
        words = {"text": "secretword", "language": "en"}
        connection.execute(
            candidates.insert().values(
                **values, **words, essence="x", intent="greet", state="pending"
            )
        )
        gap = connection.execute(
            gaps.insert().values(centre=b"", created_at=now(), last_at=now())
        ).inserted_primary_key[0]
        connection.execute(
            gap_questions.insert().values(**values, **words, kind="x", gap_id=gap, message_id=1)
        )
        person = connection.execute(
            people.insert().values(
                channel="whatsapp",
                conversation_id=conversation,
                wa_id=f"8801711{len(conversation):06}",
                created_at=now(),
            )
        ).inserted_primary_key[0]
        connection.execute(
            outbox.insert().values(
                uid=conversation,
                channel="whatsapp",
                person_id=person,
                recipient={"to": "x"},
                turn_id="turn-1",
                text="answer",
                buttons=[],
                language="en",
                state="sent",
                next_at=now(),
                created_at=now(),
            )
        )
    row = {"sender": conversation, "at": at, "data": json.dumps({"text": "secretword"})}
    insert = (
        "INSERT INTO events (sender_id, type_name, timestamp, data)"
        " VALUES (:sender, 'user', :at, :data)"
    )
    with tracker.begin() as connection:
        connection.execute(sa.text(insert), row)


def test_every_table_is_of_nobody_or_covered(engine: Engine, tracker: Engine) -> None:
    assert PersonData(tracker).tables.keys() == {"events"}
    covered = PersonData(engine).tables.keys()
    assert {"messages", "messaging_outbox", "messaging_inbox", "web_turns", "notes"} <= covered
    everything = set(sa.inspect(engine).get_table_names())
    assert everything - covered <= OF_NOBODY
    assert covered & OF_NOBODY == set()


def test_erasing_leaves_nothing_of_this_person_and_all_of_the_others(
    privacy: Privacy, engine: Engine, tracker: Engine
) -> None:
    add_person(engine, tracker, "web-one")
    add_person(engine, tracker, "web-second")
    deleted = privacy.erase("web-one", "tester")
    covered = {
        "conversations",
        "messages",
        "feedback",
        "conversation_search",
        "reviews",
        "notes",
        "candidates",
        "gap_questions",
        "messaging_people",
        "messaging_outbox",
        "events",
    }
    assert covered <= deleted.keys()
    for database in (engine, tracker):
        data = PersonData(database)
        assert not any(data.rows_of(["web-one"]).values())
        assert any(data.rows_of(["web-second"]).values())
    with pytest.raises(NobodyFound):
        privacy.find("web-one")
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(daily_counts)) > 0
    assert Audit.of(engine, privacy.settings).verify() == 1


def test_nothing_readable_stays_in_the_files(tmp_path: Path) -> None:
    from rasa.core.tracker_store import SQLTrackerStore

    from bot.database import upgrade

    settings = Settings(var_dir=tmp_path, secret_key="a secret for tests alone")
    engine, tracker = open_url(settings.database), open_url(settings.tracker_database)
    upgrade(engine)
    SQLTrackerStore.Base.metadata.create_all(tracker)
    add_person(engine, tracker, "web-one")
    add_person(engine, tracker, "web-second")

    def found() -> int:
        return sum(p.read_bytes().count(b"web-one") for p in tmp_path.glob("*.db*"))

    assert found() > 0
    Privacy(settings, engine, tracker).erase("web-one", "tester")
    rest = sum(p.read_bytes().count(b"secretword web-one") for p in tmp_path.glob("*.db*"))
    assert rest == 0
    assert found() == 1  # the pseudonym in the audit log


@pytest.mark.parametrize("who", [PHONE, "8801711234567", "whatsapp:+8801711234567"])
def test_a_person_is_found_by_phone_number(
    who: str, privacy: Privacy, engine: Engine, tracker: Engine
) -> None:
    for channel, identifier in (("whatsapp", "8801711234567"), ("twilio", "+8801711234567")):
        sender = pseudonym(privacy.settings, channel, identifier)
        reader = EventReader()
        with engine.begin() as connection:
            store(connection, reader.read(user_event("hi", sender=sender)))
        assert sender in privacy.find(who)


def test_a_person_is_found_by_what_the_channel_keeps(
    privacy: Privacy, engine: Engine, tracker: Engine
) -> None:
    add_person(engine, tracker, "whatsapp-1234567")
    assert privacy.find("+8801711000016") == ["whatsapp-1234567"]


def test_forms_of_a_contact() -> None:
    assert contact_forms(PHONE) == [
        PHONE,
        "8801711234567",
        "+8801711234567",
        "whatsapp:+8801711234567",
    ]
    assert contact_forms("0033 6 12 34 56 78")[1] == "33612345678"
    assert contact_forms("BD.1349") == ["BD.1349"]


def test_the_export_holds_everything_and_is_json(
    privacy: Privacy, engine: Engine, tracker: Engine, monkeypatch, capsys
) -> None:
    add_person(engine, tracker, "web-one")
    settings = privacy.settings
    for name in ("var_dir", "database_url", "tracker_database_url", "secret_key"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))
    assert main(["export", "web-one"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["conversations"] == ["web-one"]
    assert {"messages", "events", "messaging_outbox", "feedback"} <= found["tables"].keys()
    assert main(["export", "web-nobody"]) == 1
    assert main(["erase", "web-one", "--yes"]) == 0
    assert main(["erase", "web-one", "--yes"]) == 1


def test_what_waits_in_a_dead_journal_is_erased_too(
    privacy: Privacy, engine: Engine, tracker: Engine
) -> None:
    journal = Journal(privacy.settings.var_dir / "transcript")
    entry = EventReader().read(user_event("hi", sender="web-waiting"))
    assert entry
    journal.append(entry)
    journal._file.close()
    assert privacy.erase("web-waiting", "tester")["messages"] == 1


def test_raw_tracker_rows_go_after_their_time(engine: Engine, tracker: Engine) -> None:
    add_person(engine, tracker, "web-earlier", at=1e9)
    add_person(engine, tracker, "web-new", at=time.time())
    assert purge_tracker(tracker, now() - timedelta(hours=24)) == 1
    assert PersonData(tracker).known(["web-earlier", "web-new"]) == {"web-new"}


def test_old_conversations_go_and_long_ones_are_cut(engine: Engine, tracker: Engine) -> None:
    add_person(engine, tracker, "web-old", at=1e9)
    add_person(engine, tracker, "web-long", at=1e9)
    reader = EventReader()
    late = user_event("nausea", sender="web-long", turn="turn-2", at=time.time(), intent="help")
    with engine.begin() as connection:
        store(connection, reader.read(late))
    assert purge_transcript(engine, now() - timedelta(days=180)) == 2
    with engine.connect() as connection:
        (row,) = connection.execute(sa.select(conversations)).mappings()
        assert (row["id"], row["messages"], row["turns"]) == ("web-long", 1, 1)
        assert (row["intents"], row["preview"], row["thumbs_up"]) == (",help,", "nausea", 0)
        assert connection.scalars(sa.select(messages.c.text)).all() == ["nausea"]
        assert connection.scalars(sa.select(conversation_search.c.tokens)).all() == ["nausea"]


def test_the_scheduled_purge_follows_the_settings(
    settings: Settings, engine: Engine, tracker: Engine
) -> None:
    add_person(engine, tracker, "web-one", at=time.time() - 3 * 86400)
    purge(settings, engine, tracker)
    assert PersonData(engine).known(["web-one"]) == {"web-one"}
    assert PersonData(tracker).known(["web-one"]) == set()
