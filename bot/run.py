"""`python -m bot run`: starts the processes of the Procfile, says when they are ready, stops them.

Stands around the message path: it starts the processes that the path runs through.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager

from bot.settings import ROOT, SettingError, Settings

READY_SECONDS = 180


class PortTaken(RuntimeError):
    """Another program listens where one of ours is to listen."""


def check_port(setting: str, host: str, port: int) -> None:
    """Refuse to start beside a program that holds the port already.

    Raises:
        PortTaken: with the port, and the setting that chooses another.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Port {port} on {host} cannot be used ({error.strerror}). Stop the program that "
                f"uses it, or choose another port: {setting}={port + 100} make run"
            ) from error


def child_environment(settings: Settings, env: Mapping[str, str]) -> dict[str, str]:
    """The environment of the processes: ours, with the settings that they need spelt out."""
    return {
        **env,
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
        "ACTIONS_PORT": str(settings.actions_port),
        "ACTIONS_URL": env.get("ACTIONS_URL")
        or f"http://127.0.0.1:{settings.actions_port}/webhook",
    }


def wait_until_ready(url: str, seconds: float) -> bool:
    """Ask `url` until it answers 200; False when `seconds` have passed without."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    return False


def announce(settings: Settings) -> int:
    """Print the addresses once everything answers."""
    base = f"http://{settings.host}:{settings.port}"
    if not wait_until_ready(f"{base}/ready", READY_SECONDS):
        print(f"Not ready after {READY_SECONDS} s: see the messages above, and {base}/ready")
        return 1
    print(f"Polyclinic is ready.\n  Chat page      {base}/", flush=True)
    print(f"  Staff console  http://{settings.console_host}:{settings.console_port}/", flush=True)
    print("  Ctrl-C stops everything.", flush=True)
    return 0


def main(argv: list[str]) -> int:
    """Run until a process ends or somebody stops us; 0 only after Ctrl-C or SIGTERM."""
    try:
        settings = Settings.from_env()
    except SettingError as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 2
    if argv == ["--announce"]:
        return announce(settings)
    try:
        check_port("PORT", settings.host, settings.port)
        check_port("ACTIONS_PORT", "127.0.0.1", settings.actions_port)
        check_port("CONSOLE_PORT", settings.console_host, settings.console_port)
    except PortTaken as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 2

    environment = child_environment(settings, os.environ)
    manager = Manager()
    for name, command in parse_procfile(Path(ROOT / "Procfile").read_text()).processes.items():
        manager.add_process(name, command, env=environment, cwd=str(ROOT))
    announcer = subprocess.Popen([sys.executable, "-m", "bot.run", "--announce"], cwd=ROOT)
    manager.loop()
    announcer.terminate()
    if manager.returncode in (130, 143):  # asked to stop
        return 0
    print("A process ended by itself, so the others were stopped: its last lines say why.")
    return manager.returncode or 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
