"""The staff console: conversations are reviewed, corrected and measured here, never by patients.

Beside the message path: it reads what step 10 wrote.
"""

from __future__ import annotations


def main(argv: list[str]) -> int:
    """`python -m bot console ...`."""
    from bot.console.commands import main as run

    return run(argv)
