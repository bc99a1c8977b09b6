"""The audit log: who signed in, looked, exported, corrected and erased; each entry seals the last.

Beside the message path: the console and the privacy commands write it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.console.tables import audit_head, audit_log
from bot.database import now, upsert
from bot.secret import key
from bot.settings import Settings

START = "0" * 64
FIELDS = ("id", "at", "actor", "action", "subject", "detail")


class AuditBroken(RuntimeError):
    """The audit log is not as it was written; says at which entry."""


@dataclass(frozen=True)
class Audit:
    """Writes and checks the log with the key of one installation."""

    engine: Engine
    key: bytes

    @classmethod
    def of(cls, engine: Engine, settings: Settings) -> Audit:
        return cls(engine, key(settings, "audit log"))

    def write(
        self,
        actor: str,
        action: str,
        subject: str = "",
        detail: Mapping[str, Any] | None = None,
        connection: Connection | None = None,
    ) -> None:
        """Append an entry, within the caller's transaction if it gives its connection.

        `subject` is what was looked at or changed: a conversation id, a user's name.
        """
        if connection is None:
            with self.engine.begin() as own:
                self.write(actor, action, subject, detail, own)
            return
        # The update holds the row until the transaction ends: entries come one after the other.
        further = audit_head.update().values(entries=audit_head.c.entries + 1)
        if not connection.execute(further).rowcount:
            first = {"id": 1, "entries": 0, "hash": START, "seal": self._seal(0, START)}
            insert = upsert(connection, audit_head).values(**first)
            connection.execute(insert.on_conflict_do_nothing())
            connection.execute(further)
        head = connection.execute(sa.select(audit_head)).mappings().one()
        entry = {
            "id": head["entries"],
            "at": now().isoformat(timespec="milliseconds"),
            "actor": actor,
            "action": action,
            "subject": subject,
            "detail": json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True),
        }
        digest = self._hash(head["hash"], entry)
        connection.execute(audit_log.insert().values(**entry, hash=digest))
        connection.execute(
            audit_head.update().values(hash=digest, seal=self._seal(head["entries"], digest))
        )

    def verify(self) -> int:
        """Check every entry and the end of the log; returns how many entries it holds.

        Raises:
            AuditBroken: an entry was changed, taken out or added, or the end was cut off.
        """
        previous, count = START, 0
        with self.engine.connect() as connection:
            head = connection.execute(sa.select(audit_head)).mappings().first()
            rows = connection.execution_options(stream_results=True).execute(
                sa.select(audit_log).order_by(audit_log.c.id)
            )
            for row in rows.mappings():
                count += 1
                if row["id"] != count:
                    raise AuditBroken(f"entry {count} is missing")
                previous = self._hash(previous, {name: row[name] for name in FIELDS})
                if not hmac.compare_digest(previous, row["hash"]):
                    raise AuditBroken(f"entry {count} was changed")
        if head is None:
            if count:
                raise AuditBroken("the row that says how long the log is, is missing")
            return 0
        if (head["entries"], head["hash"]) != (count, previous):
            raise AuditBroken(f"the log ends after entry {count}, it had {head['entries']}")
        if not hmac.compare_digest(head["seal"], self._seal(count, previous)):
            raise AuditBroken("the seal at the end of the log does not fit")
        return count

    def _hash(self, previous: str, entry: Mapping[str, Any]) -> str:
        text = json.dumps([previous, *(entry[name] for name in FIELDS)], ensure_ascii=False)
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def _seal(self, entries: int, digest: str) -> str:
        return hmac.new(self.key, f"head:{entries}:{digest}".encode(), hashlib.sha256).hexdigest()
