"""`python -m bot privacy export|erase`: everything that is kept of one person.

Beside the message path: transcripts, tracker rows, inbox and outbox, web and console tables, and
what waits in the journal.
"""

from __future__ import annotations

import argparse
import base64
import getpass
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from bot.console.audit import Audit
from bot.database import connect, open_url, upgrade
from bot.person_data import PersonData
from bot.secret import pseudonym
from bot.settings import Settings
from bot.transcript_journal import forget
from bot.transcript_recorder import replay_left_behind

# Channels whose conversation ids are made from something that a person knows of herself.
CHANNELS = ("whatsapp", "twilio")


class NobodyFound(LookupError):
    """No table knows this conversation or contact."""


@dataclass(frozen=True)
class Privacy:
    """The databases and files in which something of a person can be."""

    settings: Settings
    engine: Engine
    tracker: Engine

    @classmethod
    def of(cls, settings: Settings, engine: Engine | None = None) -> Privacy:
        engine = engine or connect(settings)
        upgrade(engine)
        return cls(settings, engine, open_url(settings.tracker_database))

    def find(self, who: str) -> list[str]:
        """Conversation ids of a conversation id, phone number, user id or WhatsApp address.

        Raises:
            NobodyFound: nothing is kept of this person.
        """
        replay_left_behind(self.engine, self._journals)
        forms = contact_forms(who)
        ids = {who} | {
            pseudonym(self.settings, channel, form) for channel in CHANNELS for form in forms
        }
        people = [PersonData(engine) for engine in self._engines]
        for data in people:
            ids |= data.with_contact(forms)
        found = set().union(*(data.known(ids) for data in people))
        if not found:
            raise NobodyFound(f"nothing is kept of {who!r}")
        return sorted(found)

    def export(self, who: str, actor: str) -> dict[str, Any]:
        """Everything of one person, as JSON can hold it."""
        ids = self.find(who)
        tables: dict[str, Any] = {}
        for engine in self._engines:
            rows = PersonData(engine).rows_of(ids)
            tables.update({name: found for name, found in rows.items() if found})
        audit = Audit.of(self.engine, self.settings)
        for conversation in ids:
            audit.write(actor, "export person", conversation)
        return {"conversations": ids, "tables": tables}

    def erase(self, who: str, actor: str) -> dict[str, int]:
        """Delete everything of one person; returns how many rows, by table."""
        ids = self.find(who)
        deleted: dict[str, int] = {}
        for engine in self._engines:
            data = PersonData(engine)
            for name, count in data.delete(ids).items():
                deleted[name] = deleted.get(name, 0) + count
            data.scrub()
        deleted["journal"] = forget(self._journals, set(ids))
        audit = Audit.of(self.engine, self.settings)
        for conversation in ids:
            audit.write(actor, "erase person", conversation, {"rows": sum(deleted.values())})
        return {name: count for name, count in deleted.items() if count}

    @property
    def _journals(self) -> Path:
        return self.settings.var_dir / "transcript"

    @property
    def _engines(self) -> list[Engine]:
        # On PostgreSQL both may be the same database.
        return [self.engine] if self.engine.url == self.tracker.url else [self.engine, self.tracker]


def contact_forms(who: str) -> list[str]:
    """The ways in which channels write one contact: "+880 1711-..." is "8801711..." elsewhere."""
    bare = who.strip().removeprefix("whatsapp:")
    forms = [who, bare]
    if re.fullmatch(r"\+?[\d\s().-]{6,}", bare):
        digits = re.sub(r"\D", "", bare).removeprefix("00")
        forms += [digits, f"+{digits}", f"whatsapp:+{digits}"]
    return list(dict.fromkeys(forms))


def as_json(value: Any) -> Any:
    """What `json.dumps` does not know: moments in ISO 8601, bytes in base 64."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def main(argv: Sequence[str]) -> int:
    """Run the command line; the exit code says whether anybody was found."""
    parser = argparse.ArgumentParser(prog="python -m bot privacy", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("export", "erase"):
        command = commands.add_parser(name)
        command.add_argument("who", help="conversation id, phone number or WhatsApp user id")
        if name == "export":
            command.add_argument("--output", type=Path, help="file to write (standard output)")
        else:
            command.add_argument("--yes", action="store_true", help="do not ask")
    args = parser.parse_args(argv)
    privacy = Privacy.of(Settings.from_env())
    actor = f"command line: {getpass.getuser()}"
    try:
        if args.command == "export":
            found = privacy.export(args.who, actor)
            text = json.dumps(found, ensure_ascii=False, indent=2, default=as_json)
            if args.output:
                args.output.write_text(text + "\n", encoding="utf-8")
                args.output.chmod(0o600)
            else:
                print(text)
            return 0
        ids = privacy.find(args.who)
        print("Erasing", ", ".join(ids))
        if not args.yes and input("This cannot be undone. Type yes: ").strip() != "yes":
            print("Nothing was erased.")
            return 1
        for name, count in privacy.erase(args.who, actor).items():
            print(f"  {count:6} from {name}")
    except NobodyFound as error:
        print(error, file=sys.stderr)
        return 1
    return 0
