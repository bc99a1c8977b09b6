"""Pages for administrators: downloads, one person's data, the audit log, staff accounts.

Beside the message path.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from starlette.responses import Response

from bot.console import accounts
from bot.console.accounts import ROLES, AccountError
from bot.console.audit import AuditBroken
from bot.console.csv_file import csv_response
from bot.console.filters import Filters
from bot.console.page import Page
from bot.console.tables import audit_log, users
from bot.database import now
from bot.privacy import NobodyFound, Privacy, as_json
from bot.transcript_tables import conversations, messages

MOST_ROWS = 20_000  # of one download
AUDIT_PAGE = 100


def conversations_csv(page: Page) -> Response:
    rows = _chosen(page)
    names = [column.name for column in conversations.columns]
    return csv_response([names, *([row[name] for name in names] for row in rows)], "conversations")


def conversations_json(page: Page) -> Response:
    """Conversations with their messages."""
    rows = _chosen(page)
    said: dict[str, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    ids = list(said)
    with page.engine.connect() as connection:
        for place in range(0, len(ids), 500):
            chunk = messages.c.conversation_id.in_(ids[place : place + 500])
            query = sa.select(messages).where(chunk).order_by(messages.c.id)
            for row in connection.execute(query).mappings():
                said[row["conversation_id"]].append(dict(row))
    found = [{**row, "said": said[row["id"]]} for row in rows]
    return _download(found, "conversations.json")


def privacy(page: Page) -> Response:
    return page.render("privacy.html", who="", found=[], problem="", done={})


def privacy_export(page: Page) -> Response:
    who = page.field("who")
    try:
        found = _privacy(page).export(who, page.user.name)
    except NobodyFound:
        return _nobody(page, who)
    return _download(found, "person.json")


def privacy_erase(page: Page) -> Response:
    """First shows what would be erased; erases when that is confirmed."""
    who = page.field("who")
    try:
        ids = _privacy(page).find(who)
        if page.field("confirm") != "yes":
            return page.render("privacy.html", who=who, found=ids, problem="", done={})
        done = _privacy(page).erase(who, page.user.name)
    except NobodyFound:
        return _nobody(page, who)
    return page.render("privacy.html", who="", found=[], problem="", done=done)


def audit(page: Page) -> Response:
    return _audit_page(page, "", "")


def audit_verify(page: Page) -> Response:
    """Check the whole chain now."""
    try:
        count = page.console.audit.verify()
    except AuditBroken as error:
        return _audit_page(page, "", str(error))
    return _audit_page(page, page.words("audit.whole", entries=page.words.number(count)), "")


def users_page(page: Page) -> Response:
    return _users(page)


def invite(page: Page) -> Response:
    """A one-time link for a new account or a forgotten password, shown once."""
    name, role = page.field("name"), page.field("role")
    try:
        if role not in ROLES:
            raise AccountError("account.unknown_role")
        with page.engine.begin() as connection:
            token = accounts.new_link(connection, role, name)
    except AccountError as error:
        return _users(page, problem=page.words(error.args[0]), status=422)
    page.note("invite", name, role=role)
    return _users(page, link=f"{page.request.base_url}setup/{token}")


def change_user(page: Page) -> Response:
    """Change a role, or let an account sleep and wake."""
    name, role = page.path["name"], page.field("role")
    values: dict[str, Any] = {}
    if role in ROLES:
        values["role"] = role
    if page.field("active") in ("yes", "no"):
        values["active"] = page.field("active") == "yes"
    try:
        with page.engine.begin() as connection:
            if values:
                accounts.change(connection, name, **values)
                page.console.audit.write(page.user.name, "change account", name, values, connection)
    except AccountError as error:
        return _users(page, problem=page.words(error.args[0]), status=422)
    return page.redirect("/users")


def _chosen(page: Page) -> list[dict[str, Any]]:
    filters = Filters.parse(page.query)
    page.note("export conversations", "", filters=filters.query())
    query = (
        sa.select(conversations)
        .where(*filters.conditions(page.engine.dialect.name))
        .order_by(conversations.c.last_at.desc())
        .limit(MOST_ROWS)
    )
    with page.engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _privacy(page: Page) -> Privacy:
    return Privacy.of(page.console.settings, page.engine)


def _nobody(page: Page, who: str) -> Response:
    problem = page.words("privacy.nobody")
    return page.render("privacy.html", 404, who=who, found=[], problem=problem, done={})


def _audit_page(page: Page, whole: str, broken: str) -> Response:
    text = page.query.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() else 0
    query = sa.select(audit_log).order_by(audit_log.c.id.desc()).limit(AUDIT_PAGE + 1)
    if before:
        query = query.where(audit_log.c.id < min(before, 2**62))
    with page.engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    older = rows[AUDIT_PAGE - 1]["id"] if len(rows) > AUDIT_PAGE else 0
    return page.render(
        "audit.html", rows=rows[:AUDIT_PAGE], older=older, whole=whole, broken=broken
    )


def _users(page: Page, problem: str = "", link: str = "", status: int = 200) -> Response:
    with page.engine.connect() as connection:
        staff = connection.execute(sa.select(users).order_by(users.c.name)).mappings().all()
    return page.render("users.html", status, staff=staff, roles=ROLES, problem=problem, link=link)


def _download(found: Any, name: str) -> Response:
    text = json.dumps(found, ensure_ascii=False, indent=1, default=as_json)
    stamped = name.replace(".", f"-{now():%Y%m%d}.")
    return Response(
        text,
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{stamped}"'},
    )
