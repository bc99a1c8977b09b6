"""The staff console: reviews, users and sessions, candidates, gaps, audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import BigId, UtcDateTime

revision = "0004_console"
down_revision = "0003_whatsapp"
branch_labels = None
depends_on = None


def text(name: str, default: str | None = None, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, UtcDateTime, nullable=nullable)


def number(name: str, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


def identity() -> sa.Column:
    return sa.Column("id", BigId, primary_key=True, autoincrement=True)


def reference(table: str, column: str, target: str) -> list[sa.schema.SchemaItem]:
    kind = sa.Text if column == "conversation_id" else BigId
    name = f"fk_{table}_{column}"
    return [
        sa.Column(column, kind, nullable=False),
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE"),
    ]


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def upgrade() -> None:
    for column in (
        text("review_state", "new"),
        sa.Column("acknowledged", sa.Boolean, nullable=False, server_default=sa.false()),
        text("assigned_to", nullable=True),
        text("tags", ","),
    ):
        op.add_column("conversations", column)
    index("conversations", "emergency", "acknowledged", "last_at")
    for name, condition in (("tags", "tags <> ','"), ("assigned_to", "assigned_to IS NOT NULL")):
        chosen = {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
        op.create_index(f"ix_conversations_{name}", "conversations", [name], **chosen)
    staff()
    review()
    gaps()
    audit()


def staff() -> None:
    op.create_table(
        "users",
        identity(),
        *(text("name"), text("role"), text("password_hash"), text("language", "en")),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        moment("created_at"),
        unique("users", "name"),
    )
    op.create_table(
        "console_sessions",
        sa.Column("token_hash", sa.Text, primary_key=True),
        *reference("console_sessions", "user_id", "users"),
        *(moment("created_at"), moment("seen_at")),
    )
    op.create_table(
        "setup_links",
        sa.Column("token_hash", sa.Text, primary_key=True),
        *(text("role"), text("name", nullable=True), moment("expires_at")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("key", sa.Text, primary_key=True),
        *(number("count"), moment("last_at")),
    )
    op.create_table(
        "saved_views",
        identity(),
        *reference("saved_views", "user_id", "users"),
        *(text("name"), text("query")),
        unique("saved_views", "user_id", "name"),
    )


def review() -> None:
    op.create_table(
        "reviews",
        identity(),
        *reference("reviews", "conversation_id", "conversations"),
        *(text("turn_id"), text("verdict")),
        *(text(name, nullable=True) for name in ("intent", "treatment", "topic", "language")),
        *(text("reviewer"), moment("at")),
        unique("reviews", "conversation_id", "turn_id"),
    )
    op.create_table(
        "notes",
        identity(),
        *reference("notes", "conversation_id", "conversations"),
        *(text("text"), text("author"), moment("at")),
    )
    index("notes", "conversation_id")
    op.create_table(
        "candidates",
        identity(),
        *reference("candidates", "conversation_id", "conversations"),
        *(text("turn_id"), text("text"), text("essence"), text("language"), text("intent")),
        *(text("state"), moment("at"), text("decided_by", nullable=True)),
        moment("exported_at", nullable=True),
        unique("candidates", "conversation_id", "turn_id"),
    )
    index("candidates", "state")
    index("candidates", "essence")


def gaps() -> None:
    op.create_table(
        "gaps",
        identity(),
        *(text("state", "open"), text("note", "")),
        *(text("treatment", nullable=True), text("topic", nullable=True)),
        sa.Column("centre", sa.LargeBinary, nullable=False),
        *(moment("created_at"), moment("last_at")),
    )
    index("gaps", "state")
    op.create_table(
        "gap_questions",
        identity(),
        *reference("gap_questions", "gap_id", "gaps"),
        *reference("gap_questions", "conversation_id", "conversations"),
        *(text("turn_id"), text("text"), text("language", nullable=True), text("kind")),
        sa.Column("message_id", BigId, nullable=False),
        moment("at"),
        unique("gap_questions", "conversation_id", "turn_id"),
    )
    index("gap_questions", "gap_id", "at")
    index("gap_questions", "message_id")


def audit() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", BigId, primary_key=True, autoincrement=False),
        *(text(name) for name in ("at", "actor", "action", "subject", "detail", "hash")),
    )
    index("audit_log", "action")
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True),
        *(number("entries"), text("hash"), text("seal")),
    )
    # Append-only for every program that uses the database; whoever goes round this breaks the
    # chain of hashes.
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
            " ON audit_log EXECUTE FUNCTION audit_log_is_append_only()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_log_no_{event.lower()} BEFORE {event} ON audit_log"
            " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
