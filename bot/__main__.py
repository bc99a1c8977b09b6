"""`python -m bot COMMAND`: finds the module of a command and hands over to its `main(argv)`.

Stands around the message path; modules are imported only when their command is called.
"""

from __future__ import annotations

import importlib
import sys

from bot.threads import set_threads

# command -> module and what it does; each module has `main(argv: list[str]) -> int`
COMMANDS = {
    "run": ("bot.run", "start the bot, its actions and the console together"),
    "serve": ("bot.serve", "start the bot alone: channels and health checks"),
    "train": ("bot.train", "train the model if its inputs changed"),
    "console": ("bot.console", "staff console: users, exports, gaps, audit log"),
    "privacy": ("bot.privacy", "export or erase everything that is kept of one person"),
    "whatsapp": ("bot.whatsapp", "check the WhatsApp settings, figures, what needs a person"),
    "replay": ("bot.replay", "ask a file of questions; compare two models"),
}


def main(argv: list[str]) -> int:
    """Run one command; the exit code is the command's own, 2 for a command that is not known."""
    if argv and argv[0] in COMMANDS:
        set_threads()
        module, _ = COMMANDS[argv[0]]
        return int(importlib.import_module(module).main(argv[1:]) or 0)
    help_wanted = bool(argv) and argv[0] in ("-h", "--help", "help")
    lines = [f"  {name:<10} {about}" for name, (_, about) in COMMANDS.items()]
    usage = "\n".join(("usage: python -m bot COMMAND ...", *lines))
    print(usage, file=sys.stdout if help_wanted else sys.stderr)
    return 0 if help_wanted else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
