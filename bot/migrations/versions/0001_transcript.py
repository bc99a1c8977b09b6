"""Conversations, messages, feedback, search tokens and daily counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import BigId, UtcDateTime

revision = "0001_transcript"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    conversations()
    messages()
    feedback()
    search()
    op.create_table(
        "daily_counts",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("dimension", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint(
            "dimension", "value", "day", "channel", "language", name="pk_daily_counts"
        ),
        sqlite_with_rowid=False,
    )


def conversations() -> None:
    def listed(name: str) -> sa.Column:
        return sa.Column(name, sa.Text, nullable=False, server_default=",")

    def counted(name: str) -> sa.Column:
        return sa.Column(name, sa.Integer, nullable=False, server_default="0")

    op.create_table(
        "conversations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("country", sa.Text),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        counted("messages"),
        counted("turns"),
        sa.Column("lowest_confidence", sa.Float),
        listed("languages"),
        listed("treatments"),
        listed("topics"),
        listed("intents"),
        listed("kinds"),
        counted("fallbacks"),
        sa.Column("emergency", sa.Boolean, nullable=False, server_default=sa.false()),
        counted("thumbs_up"),
        counted("thumbs_down"),
        sa.Column("preview", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_index("ix_conversations_last_at_id", "conversations", ["last_at", "id"])


def of_conversation(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=f"fk_{table}_conversation_id",
            ondelete="CASCADE",
        ),
    ]


def messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        *of_conversation("messages"),
        sa.Column("turn_id", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("payload", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("intent", sa.Text),
        sa.Column("confidence", sa.Float),
        sa.Column("ranking", sa.JSON),
        sa.Column("entities", sa.JSON),
        sa.Column("signals", sa.JSON),
        sa.Column("record", sa.JSON),
        sa.Column("kind", sa.Text),
        sa.Column("treatment", sa.Text),
        sa.Column("topic", sa.Text),
        sa.Column("latency_ms", sa.Integer),
        sa.UniqueConstraint(
            "conversation_id",
            "turn_id",
            "direction",
            name="uq_messages_conversation_id_turn_id_direction",
        ),
    )
    op.create_index("ix_messages_at", "messages", ["at"])


def feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        *of_conversation("feedback"),
        sa.Column("turn_id", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.UniqueConstraint(
            "conversation_id", "turn_id", name="uq_feedback_conversation_id_turn_id"
        ),
    )
    op.create_index("ix_feedback_at", "feedback", ["at"])


def search() -> None:
    op.create_table(
        "conversation_search",
        sa.Column("seq", BigId, primary_key=True, autoincrement=True),
        *of_conversation("conversation_search"),
        sa.Column("tokens", sa.Text, nullable=False),
        sa.UniqueConstraint("conversation_id", name="uq_conversation_search_conversation_id"),
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE conversation_search ADD COLUMN vector tsvector GENERATED ALWAYS AS"
            " (array_to_tsvector(string_to_array(tokens, ' '))) STORED"
        )
        op.execute(
            "CREATE INDEX ix_conversation_search_vector ON conversation_search USING gin (vector)"
        )
    elif has_fts5():
        index_for_sqlite()


def has_fts5() -> bool:
    options = op.get_bind().execute(sa.text("PRAGMA compile_options"))
    return "ENABLE_FTS5" in {row[0] for row in options}


def index_for_sqlite() -> None:
    # `ascii` takes every other character as a letter: the tokens come ready, parted by spaces.
    op.execute(
        "CREATE VIRTUAL TABLE conversation_fts USING fts5(tokens, content='conversation_search',"
        " content_rowid='seq', tokenize='ascii', prefix='1 2 3', detail='none', columnsize=0)"
    )
    remove = (
        "INSERT INTO conversation_fts(conversation_fts, rowid, tokens)"
        " VALUES ('delete', old.seq, old.tokens);"
    )
    add = "INSERT INTO conversation_fts(rowid, tokens) VALUES (new.seq, new.tokens);"
    for event, statements in (
        ("INSERT", add),
        ("DELETE", remove),
        ("UPDATE OF tokens", remove + " " + add),
    ):
        name = f"conversation_search_{event.split()[0].lower()}"
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON conversation_search BEGIN {statements} END"
        )
