"""Tables of the console: staff, sessions, reviews, candidates for training, gaps, audit log.

Beside the message path: written by staff, created by migration 0004. The columns that a review
adds to `conversations` are part of that table, so that the inbox reads one table.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.database import BigId, UtcDateTime, metadata
from bot.transcript_tables import conversations

for _column in (
    sa.Column("review_state", sa.Text, nullable=False, server_default="new"),  # new | reviewed
    sa.Column("acknowledged", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("assigned_to", sa.Text),  # name of a user
    sa.Column("tags", sa.Text, nullable=False, server_default=","),
):
    conversations.append_column(_column)
sa.Index(
    "ix_conversations_emergency_acknowledged_last_at",
    conversations.c.emergency,
    conversations.c.acknowledged,
    conversations.c.last_at,
)
# Few conversations are tagged or assigned: these indexes hold those alone.
TAGGED, ASSIGNED = sa.text("tags <> ','"), sa.text("assigned_to IS NOT NULL")
for _name, _few in (("tags", TAGGED), ("assigned_to", ASSIGNED)):
    sa.Index(
        f"ix_conversations_{_name}",
        conversations.c[_name],
        sqlite_where=_few,
        postgresql_where=_few,
    )


def _of_conversation() -> sa.Column:
    reference = sa.ForeignKey("conversations.id", ondelete="CASCADE")
    return sa.Column("conversation_id", sa.Text, reference, nullable=False)


def _id() -> sa.Column:
    return sa.Column("id", BigId, primary_key=True, autoincrement=True)


users = sa.Table(
    "users",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),  # as typed, in small letters
    sa.Column("role", sa.Text, nullable=False),  # viewer | reviewer | admin
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False, server_default="en"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

# Only the hashes of tokens are stored: whoever reads the database cannot sign in with them.
sessions = sa.Table(
    "console_sessions",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("user_id", BigId, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
)

setup_links = sa.Table(
    "setup_links",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("name", sa.Text),  # empty: whoever opens the link chooses one
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

sign_in_failures = sa.Table(
    "sign_in_failures",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # "user:<name>" or "address:<ip>"
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
)

saved_views = sa.Table(
    "saved_views",
    metadata,
    _id(),
    sa.Column("user_id", BigId, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.UniqueConstraint("user_id", "name"),
)

reviews = sa.Table(
    "reviews",
    metadata,
    _id(),
    _of_conversation(),
    sa.Column("turn_id", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),  # right | wrong
    sa.Column("intent", sa.Text),  # what it should have been
    sa.Column("treatment", sa.Text),
    sa.Column("topic", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("reviewer", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("conversation_id", "turn_id"),
)

notes = sa.Table(
    "notes",
    metadata,
    _id(),
    _of_conversation(),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_notes_conversation_id", "conversation_id"),
)

candidates = sa.Table(
    "candidates",
    metadata,
    _id(),
    _of_conversation(),
    sa.Column("turn_id", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("essence", sa.Text, nullable=False),  # normalised: the same sentence typed twice
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("intent", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # pending | training | evaluation | discarded
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("decided_by", sa.Text),
    sa.Column("exported_at", UtcDateTime),
    sa.UniqueConstraint("conversation_id", "turn_id"),
    sa.Index("ix_candidates_state", "state"),
    sa.Index("ix_candidates_essence", "essence"),
)

gaps = sa.Table(
    "gaps",
    metadata,
    _id(),
    sa.Column("state", sa.Text, nullable=False, server_default="open"),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("treatment", sa.Text),  # of questions whose answer no document states
    sa.Column("topic", sa.Text),
    sa.Column("centre", sa.LargeBinary, nullable=False),  # sum of unit vectors, float32; or empty
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Index("ix_gaps_state", "state"),
)

gap_questions = sa.Table(
    "gap_questions",
    metadata,
    _id(),
    sa.Column("gap_id", BigId, sa.ForeignKey("gaps.id", ondelete="CASCADE"), nullable=False),
    _of_conversation(),
    sa.Column("turn_id", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("message_id", BigId, nullable=False),  # of the reply; grouping goes on after it
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("conversation_id", "turn_id"),
    sa.Index("ix_gap_questions_gap_id_at", "gap_id", "at"),
    sa.Index("ix_gap_questions_message_id", "message_id"),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=False),  # 1, 2, 3 ... without a hole
    sa.Column("at", sa.Text, nullable=False),  # as hashed: ISO 8601, UTC
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),  # JSON
    sa.Column("hash", sa.Text, nullable=False),
    sa.Index("ix_audit_log_action", "action"),
)

# One row: how long the audit log is, so that a cut end is found.
audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("seal", sa.Text, nullable=False),
)
