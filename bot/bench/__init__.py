"""Commands that measure: how fast the bot answers, what it understands (dev.in only)."""

from bot.threads import set_threads

set_threads()  # as `python -m bot` does, before any library is loaded
