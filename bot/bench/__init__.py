"""Commands that measure: how fast the bot answers, what it understands (dev.in only)."""
