"""Turns of the website's chat, the buttons offered in them, and conversations that were ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import BigId, UtcDateTime

revision = "0002_web"
down_revision = "0001_transcript"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "web_turns",
        sa.Column("seq", BigId, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("turn_id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("claimed_at", UtcDateTime, nullable=False),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("reply", sa.JSON),
        sa.UniqueConstraint(
            "conversation_id", "turn_id", name="uq_web_turns_conversation_id_turn_id"
        ),
    )
    op.create_index("ix_web_turns_claimed_at", "web_turns", ["claimed_at"])
    op.create_table(
        "web_buttons",
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "payload", name="pk_web_buttons"),
    )
    op.create_index("ix_web_buttons_at", "web_buttons", ["at"])
    op.create_table(
        "web_ended",
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_web_ended"),
    )
