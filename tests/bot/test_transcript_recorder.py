"""A database that fails, a process that dies: no message is lost, and staff are told."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import transcript_recorder
from bot.database import open_url, upgrade
from bot.transcript_events import EventReader
from bot.transcript_journal import REJECTED, Journal
from bot.transcript_recorder import Recorder, replay_left_behind
from bot.transcript_tables import conversations, messages
from tests.bot.events import bot_event, user_event


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript_recorder, "RETRY_SECONDS", (0.05,))
    monkeypatch.setattr(transcript_recorder, "LOOK_SECONDS", 0.1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.engine.Engine]:
    engine = open_url(f"sqlite:///{tmp_path / 'p.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()


def entries(count: int, start: int = 0) -> list[dict]:
    reader = EventReader()
    read = [
        reader.read(user_event(f"message {n}", turn=f"turn-{n}"))
        for n in range(start, start + count)
    ]
    return [entry for entry in read if entry]


def texts(engine: sa.engine.Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(messages.c.text).order_by(messages.c.id)))


def wait_until(condition, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.01)


def test_messages_are_stored_in_order(engine, tmp_path: Path) -> None:
    recorder = Recorder(engine, tmp_path / "spool")
    for entry in entries(50):
        recorder.submit(entry)
    assert recorder.drain(5)
    assert texts(engine) == [f"message {n}" for n in range(50)]
    assert recorder.healthy()
    recorder.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_what_comes_together_is_stored_together(engine, tmp_path: Path, monkeypatch) -> None:
    sizes = []
    store = transcript_recorder.store_entries

    def count(engine, batch, folder) -> None:
        sizes.append(len(batch))
        store(engine, batch, folder)

    monkeypatch.setattr(transcript_recorder, "store_entries", count)
    monkeypatch.setattr(transcript_recorder, "LOOK_SECONDS", 5.0)  # a look stores what is there
    recorder = Recorder(engine, tmp_path / "spool")
    wait_until(lambda: recorder.drain(0.1))
    time.sleep(0.3)  # the recorder is idle again
    for entry in entries(4):
        recorder.submit(entry)
        time.sleep(0.01)
    wait_until(lambda: len(texts(engine)) == 4)
    assert sizes == [4]
    recorder.close()


def test_a_failing_database_is_loud_and_loses_nothing(engine, tmp_path: Path, caplog) -> None:
    recorder = Recorder(engine, tmp_path / "spool")
    recorder.submit(entries(1)[0])
    assert recorder.drain(5)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE messages RENAME TO away"))
    with caplog.at_level(logging.WARNING):
        for entry in entries(5, start=1):
            recorder.submit(entry)
        wait_until(lambda: not recorder.healthy())
        assert "does not take messages" in caplog.text
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE away RENAME TO messages"))
        wait_until(recorder.healthy)
    assert recorder.drain(5)
    assert texts(engine) == [f"message {n}" for n in range(6)]
    assert "takes messages again" in caplog.text
    recorder.close()


def test_an_idle_bot_notices_that_its_database_is_gone(engine, tmp_path: Path) -> None:
    recorder = Recorder(engine, tmp_path / "spool")
    assert recorder.drain(5)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE conversations RENAME TO away"))
    wait_until(lambda: not recorder.healthy())
    recorder.close()


def test_entries_of_a_dead_process_are_stored_at_the_next_start(engine, tmp_path: Path) -> None:
    dead = Journal(tmp_path / "spool")
    for entry in entries(3):
        dead.append(entry)
    dead._file.close()  # as the system does when a process ends
    recorder = Recorder(engine, tmp_path / "spool")
    assert recorder.drain(5)
    assert texts(engine) == [f"message {n}" for n in range(3)]
    recorder.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_the_journal_of_a_living_process_is_left_alone(engine, tmp_path: Path) -> None:
    living = Journal(tmp_path / "spool")
    living.append(entries(1)[0])
    assert replay_left_behind(engine, tmp_path / "spool") == 0
    assert not living.empty()
    living.close()


def test_a_line_cut_off_by_a_crash_costs_that_line_alone(engine, tmp_path: Path, caplog) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    good = json.dumps(entries(1)[0])
    (folder / "journal-1-a.jsonl").write_text(good + "\n" + good[:40])
    assert replay_left_behind(engine, folder) == 1
    assert "damaged line" in caplog.text


def test_an_impossible_entry_is_put_aside_and_the_rest_goes_on(engine, tmp_path, caplog) -> None:
    recorder = Recorder(engine, tmp_path / "spool")
    first, second = entries(2)
    verdict = {"type": "feedback", "conversation_id": "web-1", "turn_id": "no", "value": "up"}
    for entry in (first, {**verdict, "at": 1.0}, {"type": "in", "at": 2.0}, second):
        recorder.submit(entry)
    assert recorder.drain(5)
    assert texts(engine) == ["message 0", "message 1"]
    assert recorder.healthy()
    kept = (tmp_path / "spool" / REJECTED).read_text().splitlines()
    assert len(kept) == 2
    assert "cannot be stored" in caplog.text
    recorder.close()


def test_a_full_disk_keeps_entries_in_memory(engine, tmp_path: Path, monkeypatch, caplog) -> None:
    recorder = Recorder(engine, tmp_path / "spool")
    assert recorder.drain(5)

    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recorder.journal, "_open", full)
    recorder.submit(entries(1)[0])
    assert recorder.drain(5)
    assert texts(engine) == ["message 0"]
    assert "Make room" in caplog.text
    recorder.close()


def test_no_raw_contact_reaches_the_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    reader = EventReader()
    for event in (user_event("I am at 01711234567"), bot_event("write to a.patient@mail.com")):
        entry = reader.read(event)
        assert entry is not None
        journal.append(entry)
    written = next(tmp_path.iterdir()).read_text()
    assert "01711234567" not in written
    assert "mail.com" not in written
    journal.close()


def test_two_processes_write_one_conversation(engine, tmp_path: Path) -> None:
    one, two = (Recorder(engine, tmp_path / "spool") for _ in range(2))
    for place, entry in enumerate(entries(40)):
        (one, two)[place % 2].submit(entry)
    assert one.drain(10)
    assert two.drain(10)
    assert len(texts(engine)) == 40
    with engine.connect() as connection:
        assert connection.scalar(sa.select(conversations.c.messages)) == 40
    one.close()
    two.close()
