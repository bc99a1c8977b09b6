"""`python -m bot.console`: serves the console; the process that the Procfile names."""

from __future__ import annotations

import sys

from bot.console.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["serve"]))
