"""The console as an ASGI application: its routes with the role that each needs.

Beside the message path: a process and a port of its own, for staff alone.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console import (
    pages_admin,
    pages_candidates,
    pages_conversation,
    pages_dashboard,
    pages_entry,
    pages_gaps,
    pages_inbox,
)
from bot.console.audit import Audit
from bot.console.page import EVERYBODY, Console, route
from bot.console.sign_in import Gate
from bot.settings import Settings

HERE = Path(__file__).parent
POST = ("POST",)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self';"
    " img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def routes() -> list[BaseRoute]:
    """Every page. The role is part of the route: there is no way to leave it out."""
    entry, admin = pages_entry, pages_admin
    inbox, talk, gaps = pages_inbox, pages_conversation, pages_gaps
    board, chosen = pages_dashboard, pages_candidates
    talks = "/conversations/{conversation}"
    return [
        route("/health", entry.health, EVERYBODY),
        route("/sign-in", entry.sign_in_form, EVERYBODY),
        route("/sign-in", entry.sign_in, EVERYBODY, POST),
        route("/setup/{token}", entry.setup_form, EVERYBODY),
        route("/setup/{token}", entry.setup, EVERYBODY, POST),
        route("/language", entry.language, EVERYBODY, POST),
        route("/sign-out", entry.sign_out, "viewer", POST),
        route("/", inbox.inbox, "viewer"),
        route("/counts", inbox.live_counts, "viewer"),
        route("/views", inbox.save_view, "viewer", POST),
        route("/views/{view:int}/delete", inbox.delete_view, "viewer", POST),
        route(talks, talk.show, "viewer"),
        route(f"{talks}/verdict", talk.verdict, "reviewer", POST),
        route(f"{talks}/notes", talk.note, "reviewer", POST),
        route(f"{talks}/tags", talk.tags, "reviewer", POST),
        route(f"{talks}/assign", talk.assign, "reviewer", POST),
        route(f"{talks}/reviewed", talk.reviewed, "reviewer", POST),
        route(f"{talks}/acknowledge", talk.acknowledge, "reviewer", POST),
        route("/candidates", chosen.show, "reviewer"),
        route("/candidates/{candidate:int}", chosen.decide, "reviewer", POST),
        route("/candidates/export", chosen.export, "admin", POST),
        route("/gaps", gaps.show, "viewer"),
        route("/gaps/refresh", gaps.refresh, "reviewer", POST),
        route("/gaps/{gap:int}", gaps.one, "viewer"),
        route("/gaps/{gap:int}", gaps.change, "reviewer", POST),
        route("/dashboard", board.show, "viewer"),
        route("/dashboard.csv", board.download, "admin"),
        route("/export/conversations.csv", admin.conversations_csv, "admin"),
        route("/export/conversations.json", admin.conversations_json, "admin"),
        route("/privacy", admin.privacy, "admin"),
        route("/privacy/export", admin.privacy_export, "admin", POST),
        route("/privacy/erase", admin.privacy_erase, "admin", POST),
        route("/audit", admin.audit, "admin"),
        route("/audit/verify", admin.audit_verify, "admin", POST),
        route("/users", admin.users_page, "admin"),
        route("/users", admin.invite, "admin", POST),
        route("/users/{name}", admin.change_user, "admin", POST),
        Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
    ]


def create_app(settings: Settings, engine: Engine) -> Starlette:
    """The application over a migrated database."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    app = Starlette(
        routes=routes(),
        middleware=[Middleware(SafeHeaders), Middleware(GZipMiddleware, minimum_size=1000)],
        exception_handlers={
            404: pages_entry.not_found,
            405: pages_entry.not_allowed,
            500: pages_entry.failed,
        },
    )
    app.state.console = Console(
        settings, engine, Gate(engine, settings), Audit.of(engine, settings), templates
    )
    return app


class SafeHeaders:
    """Puts the security headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                static = scope["path"].startswith("/static/")
                headers = {**HEADERS, "Cache-Control": "no-cache"} if static else HEADERS
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.lower().encode(), value.encode())
                        for name, value in headers.items()
                        if name.lower().encode() not in present
                    ),
                ]
            await send(message)

        await self._app(scope, receive, with_headers)
