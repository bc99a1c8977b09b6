"""Works out a conversation's summary and search tokens again from the messages that it still has.

Beside step 10 of the message path: used after messages were deleted.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import search_text
from bot.transcript_summary import summary
from bot.transcript_tables import conversation_search, conversations, feedback, messages

EMPTY = {
    "messages": 0,
    "turns": 0,
    "lowest_confidence": None,
    **dict.fromkeys(("languages", "treatments", "topics", "intents", "kinds"), ","),
    "fallbacks": 0,
    "emergency": False,
    "preview": "",
}


def rebuild(connection: Connection, conversation: str) -> None:
    """Bring the row of `conversation` in line with its messages."""
    key = conversations.c.id == conversation
    query = sa.select(messages).where(messages.c.conversation_id == conversation)
    said = [dict(row) for row in connection.execute(query.order_by(messages.c.at)).mappings()]
    row = dict(connection.execute(sa.select(conversations).where(key)).mappings().one())
    row.update(EMPTY)
    if said:
        row.update(started_at=said[0]["at"], last_at=said[0]["at"])
    for message in said:
        row.update(summary(row, {**message, "type": message["direction"]}, message["at"]))
    votes = sa.select(sa.func.count()).where(feedback.c.conversation_id == conversation)
    row["thumbs_up"] = connection.scalar(votes.where(feedback.c.value == "up"))
    row["thumbs_down"] = connection.scalar(votes.where(feedback.c.value == "down"))
    connection.execute(conversations.update().where(key).values(**row))
    texts = [m["text"] for m in said if m["direction"] == "in" and not m["payload"]]
    connection.execute(
        conversation_search.update()
        .where(conversation_search.c.conversation_id == conversation)
        .values(tokens=search_text.merge("", texts))
    )
