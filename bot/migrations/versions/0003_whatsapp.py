"""People who write over WhatsApp, inbox, outbox, notices to staff and counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import BigId, UtcDateTime

revision = "0003_whatsapp"
down_revision = "0002_web"
branch_labels = None
depends_on = None


def upgrade() -> None:
    people()
    inbox()
    outbox()
    notices()
    op.create_table(
        "messaging_counts",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", BigId, nullable=False),
        sa.PrimaryKeyConstraint("channel", "name", name="pk_messaging_counts"),
    )


def people() -> None:
    op.create_table(
        "messaging_people",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("parent_user_id", sa.Text),
        sa.Column("wa_id", sa.Text),
        sa.Column("country", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("welcomed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("opted_out", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("last_received_at", UtcDateTime),
        sa.Column("apologised_at", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("conversation_id", name="uq_messaging_people_conversation_id"),
        sa.UniqueConstraint("channel", "user_id", name="uq_messaging_people_channel_user_id"),
        sa.UniqueConstraint("channel", "wa_id", name="uq_messaging_people_channel_wa_id"),
    )


def of_person(table: str, nullable: bool) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("person_id", BigId, nullable=nullable),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["messaging_people.id"],
            name=f"fk_{table}_person_id",
            ondelete="CASCADE",
        ),
    ]


def inbox() -> None:
    op.create_table(
        "messaging_inbox",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("content", sa.JSON),
        sa.Column("sent_at", UtcDateTime, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        *of_person("messaging_inbox", nullable=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("key", name="uq_messaging_inbox_key"),
    )
    op.create_index("ix_messaging_inbox_state_id", "messaging_inbox", ["state", "id"])
    op.create_index("ix_messaging_inbox_person_id", "messaging_inbox", ["person_id"])


def outbox() -> None:
    op.create_table(
        "messaging_outbox",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        *of_person("messaging_outbox", nullable=False),
        sa.Column("recipient", sa.JSON, nullable=False),
        sa.Column("turn_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("buttons", sa.JSON, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("numbered", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("status", sa.Text),
        sa.Column("message_id", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("sending_since", UtcDateTime),
        sa.Column("error_code", sa.Integer),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("sent_at", UtcDateTime),
        sa.UniqueConstraint("uid", name="uq_messaging_outbox_uid"),
    )
    op.create_index("ix_messaging_outbox_state_next_at", "messaging_outbox", ["state", "next_at"])
    op.create_index(
        "ix_messaging_outbox_person_id_state", "messaging_outbox", ["person_id", "state"]
    )
    op.create_index("ix_messaging_outbox_message_id", "messaging_outbox", ["message_id"])


def notices() -> None:
    op.create_table(
        "messaging_notices",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("code", sa.Integer),
        sa.Column("conversation_id", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False, server_default="1"),
        sa.Column("resolved_at", UtcDateTime),
    )
    op.create_index("ix_messaging_notices_resolved_at", "messaging_notices", ["resolved_at"])
