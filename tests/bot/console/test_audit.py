"""The audit log: nothing is left out of it, and one altered byte is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.console.audit import START, Audit, AuditBroken
from bot.console.tables import audit_head, audit_log
from bot.settings import Settings
from tests.bot.console.conftest import Staff

ENTRIES = 10_000


@pytest.fixture
def audit(engine: Engine, settings: Settings) -> Audit:
    return Audit.of(engine, settings)


def fill(audit: Audit, count: int) -> None:
    with audit.engine.begin() as connection:
        for number in range(count):
            audit.write("nadia", "view conversation", f"web-{number}", {"n": number}, connection)


def tamper(engine: Engine, statement: str) -> None:
    """Go round the triggers, as somebody with the file in hand would."""
    with engine.begin() as connection:
        for event in ("update", "delete"):
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS audit_log_no_{event}"))
        connection.execute(sa.text(statement))


def test_ten_thousand_entries_are_whole_and_one_altered_byte_is_found(audit: Audit) -> None:
    fill(audit, ENTRIES)
    assert audit.verify() == ENTRIES
    tamper(audit.engine, "UPDATE audit_log SET subject = 'web-4998' WHERE id = 5000")
    with pytest.raises(AuditBroken, match="entry 5000 was changed"):
        audit.verify()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE audit_log SET at = replace(at, '20', '19') WHERE id = 3", "entry 3"),
        ("UPDATE audit_log SET actor = 'karim' WHERE id = 1", "entry 1"),
        ("UPDATE audit_log SET detail = '{}' WHERE id = 10", "entry 10"),
        ("UPDATE audit_log SET hash = upper(hash) WHERE id = 7", "entry 7"),
        ("DELETE FROM audit_log WHERE id = 5", "entry 5 is missing"),
        ("DELETE FROM audit_log WHERE id = 10", "ends after entry 9, it had 10"),
        ("DELETE FROM audit_log", "ends after entry 0"),
        ("DELETE FROM audit_head", "missing"),
        ("UPDATE audit_head SET entries = 11", "ends after entry 10"),
        ("UPDATE audit_head SET seal = 'x'", "seal"),
        (
            "INSERT INTO audit_log SELECT 11, at, actor, action, subject, detail, hash"
            " FROM audit_log WHERE id = 10",
            "entry 11",
        ),
    ],
)
def test_whatever_is_changed_is_found(audit: Audit, statement: str, message: str) -> None:
    fill(audit, 10)
    tamper(audit.engine, statement)
    with pytest.raises(AuditBroken, match=message):
        audit.verify()


def test_an_end_that_was_cut_off_cannot_be_hidden_without_the_key(audit: Audit) -> None:
    fill(audit, 10)
    with audit.engine.connect() as connection:
        last = connection.scalar(sa.select(audit_log.c.hash).where(audit_log.c.id == 9))
    tamper(audit.engine, "DELETE FROM audit_log WHERE id = 10")
    with audit.engine.begin() as connection:
        connection.execute(audit_head.update().values(entries=9, hash=last))
    with pytest.raises(AuditBroken, match="seal"):
        audit.verify()


def test_another_key_does_not_fit(audit: Audit) -> None:
    fill(audit, 3)
    with pytest.raises(AuditBroken):
        Audit(audit.engine, b"another key").verify()


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
def test_the_database_itself_refuses_changes(audit: Audit, statement: str) -> None:
    fill(audit, 1)
    with pytest.raises(sa.exc.DatabaseError), audit.engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_an_empty_log_is_whole(audit: Audit) -> None:
    assert audit.verify() == 0
    assert len(START) == 64


def test_what_staff_do_is_written_down(
    staff: Callable[[str], Staff], said: Callable[..., None], engine: Engine, audit: Audit
) -> None:
    said("hello", turn="t1")
    admin = staff("admin")
    admin.get("/conversations/web-1")
    admin.post("/conversations/web-1/verdict", turn="t1", verdict="wrong", intent="ask_pain")
    admin.get("/export/conversations.csv?language=fr")
    admin.post("/candidates/export")
    admin.post("/privacy/export", who="web-1")
    admin.post("/privacy/erase", who="web-1", confirm="yes")
    Staff(admin.client.app).sign_in("admin", "wrong password")
    with engine.connect() as connection:
        done = connection.execute(
            sa.select(audit_log.c.actor, audit_log.c.action, audit_log.c.subject)
        ).all()
    assert [tuple(row) for row in done] == [
        ("admin", "sign in", "admin"),
        ("admin", "view conversation", "web-1"),
        ("admin", "correct", "web-1"),
        ("admin", "export conversations", ""),
        ("admin", "export candidates", ""),
        ("admin", "export person", "web-1"),
        ("admin", "erase person", "web-1"),
        ("", "sign-in refused", "admin"),
    ]
    assert audit.verify() == len(done)
    assert "The log is whole" in admin.post("/audit/verify").text
    tamper(engine, "UPDATE audit_log SET action = 'sign out' WHERE id = 2")
    assert "tampered" in admin.post("/audit/verify").text


def test_entries_written_at_once_stand_in_one_chain(
    settings: Settings, request: pytest.FixtureRequest
) -> None:
    import threading

    from bot.database import open_url, upgrade

    for url in (settings.database_url, request.getfixturevalue("postgres").new_database()):
        engine = open_url(url)
        upgrade(engine)
        audit = Audit.of(engine, settings)
        threads = [
            threading.Thread(target=lambda a=audit: [a.write("x", "y") for _ in range(20)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert audit.verify() == 80
        with engine.connect() as connection:
            assert connection.scalar(sa.select(audit_head.c.entries)) == 80
        engine.dispose()
