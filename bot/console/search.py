"""Full-text search over what patients wrote: FTS5 on SQLite, a GIN index on PostgreSQL.

Beside the message path. Both look for the same tokens, made by `bot.search_text`; every word
has to be there, the beginning of a word is enough.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from bot.search_text import tokens
from bot.transcript_tables import conversation_search, conversations

WORDS = 12  # of one search


def matching(query: str, dialect: str) -> Any:
    """A condition on `conversations`: the patient wrote all of these words."""
    words = list(dict.fromkeys(tokens(query)))[:WORDS]
    if not words:
        return sa.false()
    found = sa.select(conversation_search.c.conversation_id)
    if dialect == "postgresql":
        condition = sa.text("conversation_search.vector @@ CAST(:search AS tsquery)")
        text = " & ".join(_quoted(word, "'") + (":*" if _begins(word) else "") for word in words)
    elif has_fts5():
        condition = sa.text(
            "conversation_search.seq IN"
            " (SELECT rowid FROM conversation_fts WHERE conversation_fts MATCH :search)"
        )
        text = " AND ".join(_quoted(word, '"') + ("*" if _begins(word) else "") for word in words)
    else:
        padded = sa.literal(" ") + conversation_search.c.tokens
        padded += sa.literal(" ")
        ends = {word: "" if _begins(word) else " " for word in words}
        each = [padded.contains(f" {word}{ends[word]}", autoescape=True) for word in words]
        return conversations.c.id.in_(found.where(*each))
    found = found.where(condition.bindparams(search=text))
    if dialect == "sqlite":
        # The plus keeps SQLite from looking each match up and sorting them all: it reads the
        # newest conversations first and stops when the page is full.
        return sa.literal_column("+conversations.id").in_(found)
    return conversations.c.id.in_(found)


def _begins(word: str) -> bool:
    """Whether longer words count, too: one Latin letter begins too many of them."""
    return len(word) > 1 or not word.isascii()


def _quoted(word: str, quote: str) -> str:
    # In a tsquery a backslash escapes, too.
    if quote == "'":
        word = word.replace("\\", "\\\\")
    return quote + word.replace(quote, quote * 2) + quote


@lru_cache(maxsize=1)
def has_fts5() -> bool:
    """Whether this SQLite was built with full-text search."""
    import sqlite3

    connection = sqlite3.connect(":memory:")
    try:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    finally:
        connection.close()
    return "ENABLE_FTS5" in options
