"""Tables of messaging: the people who write, the inbox, the outbox, notices to staff, counts.

Written at steps 1 and 9 of the message path for WhatsApp and Twilio; made by migration 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigId, UtcDateTime, metadata, upsert

# Identifiers stand here in the clear, because a reply needs an address; nowhere else.
people = sa.Table(
    "messaging_people",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("channel", sa.Text, nullable=False),  # whatsapp | twilio
    sa.Column("conversation_id", sa.Text, nullable=False, unique=True),  # a keyed hash
    sa.Column("user_id", sa.Text),  # business-scoped: "BD.1349..."
    sa.Column("parent_user_id", sa.Text),
    sa.Column("wa_id", sa.Text),  # phone number, digits only
    sa.Column("country", sa.Text),
    sa.Column("language", sa.Text),  # of the last reply
    sa.Column("welcomed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("opted_out", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("last_received_at", UtcDateTime),  # opens the 24 hours in which we may answer
    sa.Column("apologised_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("channel", "user_id"),
    sa.UniqueConstraint("channel", "wa_id"),
)

inbox = sa.Table(
    "messaging_inbox",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("channel", sa.Text, nullable=False),
    # Keyed hash of the platform's message id: the id itself holds the phone number.
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),  # message | status
    sa.Column("content", sa.JSON),  # emptied once the message is dealt with
    sa.Column("sent_at", UtcDateTime, nullable=False),  # by the platform's clock
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("person_id", BigId, sa.ForeignKey("messaging_people.id", ondelete="CASCADE")),
    # received -> taken -> done | folded | ignored | failed
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_messaging_inbox_state_id", "state", "id"),
    sa.Index("ix_messaging_inbox_person_id", "person_id"),
)

outbox = sa.Table(
    "messaging_outbox",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    # Key of the answered message and the part's number: a message is answered once at most.
    # The platform returns it with every status, also of a message whose sending we did not note.
    sa.Column("uid", sa.Text, nullable=False, unique=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column(
        "person_id",
        BigId,
        sa.ForeignKey("messaging_people.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("recipient", sa.JSON, nullable=False),  # {"to": ...} | {"recipient": ...}
    sa.Column("turn_id", sa.Text, nullable=False),  # of the transcript
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("buttons", sa.JSON, nullable=False),  # [[title, payload], ...]
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("numbered", sa.Boolean, nullable=False, server_default=sa.false()),
    # waiting -> sending -> sent | failed | call_back
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("status", sa.Text),  # the platform's highest: sent | delivered | read | failed
    sa.Column("message_id", sa.Text),  # the platform's id of our message
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("sending_since", UtcDateTime),
    sa.Column("error_code", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("sent_at", UtcDateTime),
    sa.Index("ix_messaging_outbox_state_next_at", "state", "next_at"),
    sa.Index("ix_messaging_outbox_person_id_state", "person_id", "state"),
    sa.Index("ix_messaging_outbox_message_id", "message_id"),
)

# What a person at the clinic has to see to: `python -m bot whatsapp notices`.
notices = sa.Table(
    "messaging_notices",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # see bot/channels/notices.py
    sa.Column("code", sa.Integer),  # the platform's error code
    sa.Column("conversation_id", sa.Text),  # empty where it is about the account
    sa.Column("detail", sa.Text, nullable=False),  # redacted
    sa.Column("times", sa.Integer, nullable=False, server_default="1"),
    sa.Column("resolved_at", UtcDateTime),
    sa.Index("ix_messaging_notices_resolved_at", "resolved_at"),
)

counts = sa.Table(
    "messaging_counts",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", BigId, nullable=False),
)


def insert_ignoring(connection: Connection, table: sa.Table) -> sa.sql.Insert:
    """An INSERT that leaves out rows whose unique key is there already."""
    if connection.dialect.name == "sqlite":
        # SQLAlchemy keeps this one compiled, unlike SQLite's ON CONFLICT.
        return sa.insert(table).prefix_with("OR IGNORE")
    return upsert(connection, table).on_conflict_do_nothing()
