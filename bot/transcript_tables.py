"""Tables of the transcript: conversations, their messages, patients' verdicts, daily counts.

Written at step 10 of the message path, read by the console; created by migration 0001.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.database import BigId, UtcDateTime, metadata

# Lists on a conversation ("treatments", "intents") are kept as ",a,b," so that one scan of this
# narrow table answers any combination of the inbox's filters.
conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("country", sa.Text),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Column("messages", sa.Integer, nullable=False, server_default="0"),  # both directions
    sa.Column("turns", sa.Integer, nullable=False, server_default="0"),  # the patient's
    sa.Column("lowest_confidence", sa.Float),
    sa.Column("languages", sa.Text, nullable=False, server_default=","),
    sa.Column("treatments", sa.Text, nullable=False, server_default=","),
    sa.Column("topics", sa.Text, nullable=False, server_default=","),
    sa.Column("intents", sa.Text, nullable=False, server_default=","),
    sa.Column("kinds", sa.Text, nullable=False, server_default=","),
    sa.Column("fallbacks", sa.Integer, nullable=False, server_default="0"),
    sa.Column("emergency", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("thumbs_up", sa.Integer, nullable=False, server_default="0"),
    sa.Column("thumbs_down", sa.Integer, nullable=False, server_default="0"),
    sa.Column("preview", sa.Text, nullable=False, server_default=""),  # first words, redacted
    sa.Index("ix_conversations_last_at_id", "last_at", "id"),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column(
        "conversation_id",
        sa.Text,
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    # The channel's id of the patient's message; the reply to it carries the same one.
    sa.Column("turn_id", sa.Text, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),  # in | out
    sa.Column("text", sa.Text, nullable=False),  # redacted
    sa.Column("payload", sa.Boolean, nullable=False, server_default=sa.false()),  # a button
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("intent", sa.Text),  # in: recognised
    sa.Column("confidence", sa.Float),
    sa.Column("ranking", sa.JSON),
    sa.Column("entities", sa.JSON),
    sa.Column("signals", sa.JSON),  # in: red_flag, not_offered, topics, negated, language
    sa.Column("record", sa.JSON),  # out: the structured record of the answer
    sa.Column("kind", sa.Text),
    sa.Column("treatment", sa.Text),
    sa.Column("topic", sa.Text),
    sa.Column("latency_ms", sa.Integer),  # out: since the patient's message arrived
    sa.UniqueConstraint("conversation_id", "turn_id", "direction"),
    sa.Index("ix_messages_at", "at"),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column(
        "conversation_id",
        sa.Text,
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("turn_id", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),  # up | down
    sa.Column("reason", sa.Text),  # redacted
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("conversation_id", "turn_id"),
    sa.Index("ix_feedback_at", "at"),
)

# What patients wrote in one conversation, as search tokens; see bot/search_text.py.
conversation_search = sa.Table(
    "conversation_search",
    metadata,
    sa.Column("seq", BigId, primary_key=True, autoincrement=True),
    sa.Column(
        "conversation_id",
        sa.Text,
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    sa.Column("tokens", sa.Text, nullable=False),
)

# Counts that hold nothing of any one person; the dashboard reads these, never a million messages.
daily_counts = sa.Table(
    "daily_counts",
    metadata,
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("dimension", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    # In the order in which the dashboard sums them up.
    sa.PrimaryKeyConstraint("dimension", "value", "day", "channel", "language"),
    sqlite_with_rowid=False,
)
