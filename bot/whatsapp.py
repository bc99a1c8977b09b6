"""`python -m bot whatsapp ...`: check the settings, see the figures, see to what needs a person.

Beside the message path, for staff who run the bot; docs/whatsapp.md explains each command.
"""

from __future__ import annotations

import asyncio
import json
import sys

from bot import whatsapp_check
from bot.channels import messaging_metrics, notices, outbox
from bot.channels.store import Store
from bot.settings import SettingError, Settings

USAGE = """usage: python -m bot whatsapp COMMAND
  check       verify the settings against Meta and Twilio, and the webhook from outside
  status      received, duplicates, processed, failed, what waits and since when (JSON)
  notices     what a person has to see to: calls back, failures, late questions
  resolve N   a notice has been seen to
  retry       send again what failed, where the 24 hours are not over"""


def main(argv: list[str]) -> int:
    """Run one command; 0 if all is well, 1 if something needs attention, 2 for wrong usage."""
    commands = {"check": _check, "status": _status, "notices": _notices, "retry": _retry}
    try:
        settings = Settings.from_env()
        if len(argv) == 2 and argv[0] == "resolve" and argv[1].isdigit():
            return _resolve(settings, int(argv[1]))
        if len(argv) == 1 and argv[0] in commands:
            return commands[argv[0]](settings)
    except SettingError as error:
        print(error, file=sys.stderr)
        return 2
    print(USAGE, file=sys.stderr)
    return 2


def _check(settings: Settings) -> int:
    found = asyncio.run(whatsapp_check.check(settings))
    for finding in found:
        print(finding)
    return 0 if all(finding.good for finding in found) else 1


def _status(settings: Settings) -> int:
    with Store.open(settings) as store:
        print(json.dumps(store.now(messaging_metrics.figures), indent=2))
    return 0


def _notices(settings: Settings) -> int:
    with Store.open(settings) as store:
        waiting = store.now(notices.open_notices)
    for notice in waiting:
        when = f"{notice['at']:%Y-%m-%d %H:%M} UTC"
        what = f"{notice['kind']} ({notice['code']})" if notice["code"] else notice["kind"]
        times = f" x{notice['times']}" if notice["times"] > 1 else ""
        about = notice["conversation_id"] or "the account"
        print(f"{notice['id']}  {when}  {what}{times}  {about}  {notice['detail']}")
    return 1 if waiting else 0


def _resolve(settings: Settings, notice_id: int) -> int:
    with Store.open(settings) as store:
        found = store.now(notices.resolve, notice_id)
    print(f"Notice {notice_id} is resolved." if found else f"There is no open notice {notice_id}.")
    return 0 if found else 1


def _retry(settings: Settings) -> int:
    with Store.open(settings) as store:
        print(f"{store.now(outbox.retry_failed)} messages will be sent again.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
