"""The console's commands: serving it, users, exports, grouping questions, checking the audit log.

Beside the message path. `python -m bot.console` serves; `python -m bot console COMMAND` does the
rest.
"""

from __future__ import annotations

import argparse
import getpass
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import Engine

from bot.console import accounts
from bot.console.accounts import ROLES, AccountError
from bot.console.audit import Audit, AuditBroken
from bot.console.wording import DEFAULT, all_words
from bot.database import connect, open_url, upgrade
from bot.settings import ROOT, Settings

GROUP_SECONDS = 3600


def main(argv: Sequence[str]) -> int:
    """Run one command."""
    args = _parser().parse_args(argv)
    settings = Settings.from_env()
    engine = open_url(args.database) if getattr(args, "database", "") else connect(settings)
    upgrade(engine)
    return int(args.run(args, settings, engine))


def serve(args: argparse.Namespace, settings: Settings, engine: Engine) -> int:
    """Serve the console until it is told to stop."""
    import uvicorn

    from bot.console.app import create_app

    base = f"http://{settings.console_host}:{settings.console_port}"
    if not accounts.anybody(engine):
        with engine.begin() as connection:
            token = accounts.new_link(connection, "admin")
        print(f"Nobody can sign in yet. Make the first account here, once: {base}/setup/{token}")
    threading.Thread(target=_in_background, args=(engine,), daemon=True).start()
    uvicorn.run(
        create_app(settings, engine),
        host=settings.console_host,
        port=settings.console_port,
        log_level="warning",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies) or None,
        server_header=False,
        ws="none",
    )
    return 0


def add_user(args: argparse.Namespace, settings: Settings, engine: Engine) -> int:
    """Make an account, asking for its password, or print a one-time link for it."""
    try:
        with engine.begin() as connection:
            if args.link:
                token = accounts.new_link(connection, args.role, args.name)
                base = f"http://{settings.console_host}:{settings.console_port}"
                print(f"{base}/setup/{token}")
            else:
                password = _ask_password()
                accounts.add_user(connection, args.name, args.role, password, DEFAULT)
    except AccountError as error:
        print(all_words()[DEFAULT](error.args[0]), file=sys.stderr)
        return 1
    Audit.of(engine, settings).write(_me(), "add user", args.name, {"role": args.role})
    return 0


def export_nlu(args: argparse.Namespace, settings: Settings, engine: Engine) -> int:
    """Write decided candidates as Rasa NLU YAML."""
    from bot.console import candidates, nlu_files
    from bot.console.corpus import corpus

    with engine.begin() as connection:
        found = candidates.export(connection, corpus(args.root), again=args.again)
        folder = args.output or settings.var_dir / "nlu-export"
        written = nlu_files.write_folder(found, folder)
        if args.add:
            written += nlu_files.add_to_training(found, args.root / "data" / "nlu")
    detail = {"sentences": found.sentences}
    Audit.of(engine, settings).write(_me(), "export candidates", "", detail)
    for path in dict.fromkeys(written):
        print(path)
    for reason in found.left_out:
        print(f"left out: {reason}", file=sys.stderr)
    print(f"{found.sentences} sentences")
    return 0


def verify_audit(args: argparse.Namespace, settings: Settings, engine: Engine) -> int:
    """Check the audit log's chain."""
    try:
        count = Audit.of(engine, settings).verify()
    except AuditBroken as error:
        print(f"The audit log was tampered with: {error}", file=sys.stderr)
        return 1
    print(f"The audit log is whole: {count} entries.")
    return 0


def group(args: argparse.Namespace, settings: Settings, engine: Engine) -> int:
    """Group the questions that the bot could not answer."""
    from bot.console import grouping

    print(f"{grouping.group(engine)} questions grouped.")
    return 0


def generate(args: argparse.Namespace, settings: Settings, engine: Engine) -> int:
    """Fill a database with made-up conversations."""
    from bot.console.generator import Generator

    if not args.database:
        print("Name the database with --database: made-up conversations do not belong among real")
        return 2
    Generator(args.seed).fill(engine, args.count)
    return 0


def bench(args: argparse.Namespace, settings: Settings, engine: Engine) -> int:
    """Time every query of the console."""
    from bot.console.bench import main as run

    return run(args.count, args.kinds, settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot console", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def command(name: str, run: object, about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about)
        made.set_defaults(run=run)
        return made

    command("serve", serve, "serve the console")
    made = command("add-user", add_user, "make an account")
    made.add_argument("name")
    made.add_argument("--role", choices=ROLES, default="admin")
    made.add_argument("--link", action="store_true", help="print a one-time link instead")
    made = command("export-nlu", export_nlu, "write decided candidates as Rasa NLU YAML")
    made.add_argument("--output", type=Path, help="folder (var/nlu-export)")
    made.add_argument("--again", action="store_true", help="also those exported before")
    made.add_argument("--add", action="store_true", help="append to the training data, too")
    made.add_argument("--root", type=Path, default=ROOT, help="the repository (this one)")
    command("verify-audit", verify_audit, "check that nobody tampered with the audit log")
    command("group", group, "group the questions that the bot could not answer")
    made = command("generate", generate, "fill a database with made-up conversations")
    made.add_argument("count", type=int)
    made.add_argument("--database", default="", help="SQLAlchemy URL of the database to fill")
    made.add_argument("--seed", type=int, default=7)
    made = command("bench", bench, "time every query at 100,000 conversations")
    made.add_argument("--count", type=int, default=100_000)
    made.add_argument("--kinds", nargs="+", default=["sqlite", "postgresql"])
    return parser


def _in_background(engine: Engine) -> None:
    from bot.console import grouping
    from bot.console.corpus import corpus

    corpus()  # so that nobody waits for it

    while True:
        try:
            grouping.group(engine)
        except Exception as error:
            print(f"Questions were not grouped: {error}", file=sys.stderr)
        time.sleep(GROUP_SECONDS)


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise AccountError("account.password_differs")
    return password


def _me() -> str:
    return f"command line: {getpass.getuser()}"
