"""What a page of the console is given, and the guard that every request passes.

Beside the message path. A page is open to nobody until its route names a role.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment
from sqlalchemy.engine import Engine
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.console.audit import Audit
from bot.console.sign_in import Gate, Session, form_token
from bot.console.wording import DEFAULT, Words, all_words
from bot.settings import Settings

EVERYBODY = "everybody"  # the few pages in front of the sign-in
LARGEST_FORM = 200_000  # bytes
PARTS = {"conversation.html": "inbox", "gap.html": "gaps"}  # of the menu, by template
LANGUAGE_COOKIE = "console_language"


@dataclass(frozen=True)
class Console:
    """What all pages share."""

    settings: Settings
    engine: Engine
    gate: Gate
    audit: Audit
    templates: Environment

    def cookie(self, name: str) -> str:
        # The prefix makes browsers refuse the cookie from another host or without TLS.
        return f"__Host-{name}" if self.settings.console_secure_cookies else name


@dataclass
class Page:
    """One request."""

    console: Console
    request: Request
    session: Session | None
    words: Words
    form: FormData = field(default_factory=FormData)
    csrf: str = ""
    cookies: dict[str, str] = field(default_factory=dict)  # to be set with the answer

    @property
    def engine(self) -> Engine:
        return self.console.engine

    @property
    def user(self) -> Any:
        """The signed-in user; only pages with a role may ask."""
        assert self.session is not None
        return self.session.user

    @property
    def query(self) -> QueryParams:
        return self.request.query_params

    @property
    def path(self) -> Mapping[str, Any]:
        return self.request.path_params

    def field(self, name: str, longest: int = 200) -> str:
        """A text of the form, trimmed and cut."""
        value = self.form.get(name)
        return value.strip()[:longest] if isinstance(value, str) else ""

    def note(self, action: str, subject: str = "", **detail: Any) -> None:
        """Write to the audit log."""
        self.console.audit.write(self.user.name, action, subject, detail)

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        text = self.console.templates.get_template(template).render(
            page=self,
            t=self.words,
            user=self.session.user if self.session else None,
            languages=all_words(),
            notice=self.query.get("notice", ""),
            csrf=self.csrf,
            here=PARTS.get(template, template.removesuffix(".html")),
            **values,
        )
        return self.send(HTMLResponse(text, status))

    def redirect(self, path: str, notice: str = "") -> Response:
        if notice:
            path += ("&" if "?" in path else "?") + urlencode({"notice": notice})
        return self.send(RedirectResponse(path, 303))

    def refuse(self, status: int, reason: str) -> Response:
        """A page that says why not; `reason` is a key of the strings."""
        return self.render("refused.html", status, reason=self.words(reason))

    def send(self, response: Response) -> Response:
        secure = self.console.settings.console_secure_cookies
        for name, value in self.cookies.items():
            response.set_cookie(name, value, httponly=True, samesite="strict", secure=secure)
            if not value:
                response.delete_cookie(name, httponly=True, samesite="strict", secure=secure)
        return response


Handler = Callable[[Page], Response]


def route(path: str, handler: Handler, role: str, methods: tuple[str, ...] = ("GET",)) -> Route:
    """A route that only users who may do what `role` may get to (or EVERYBODY)."""

    async def guarded(request: Request) -> Response:
        console: Console = request.app.state.console
        page = await _open(console, request)
        if role != EVERYBODY:
            if page.session is None:
                if request.method != "GET":
                    return page.refuse(401, "refused.signed_out")
                target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return page.redirect(f"/sign-in?{urlencode({'next': target})}")
            if not page.session.user.may(role):
                return page.refuse(403, "refused.role")
        if request.method not in ("GET", "HEAD"):
            refusal = await _check_form(page)
            if refusal is not None:
                return refusal
        return await run_in_threadpool(handler, page)

    made = Route(path, guarded, methods=list(methods), name=handler.__name__)
    made.role = role  # type: ignore[attr-defined]
    return made


def own_path(target: str) -> str:
    """A path of this console to go on to; the inbox for anything that leads elsewhere."""
    parts = urlsplit(target)
    plain = target.isprintable() and "\\" not in target
    if plain and target.startswith("/") and not target.startswith("//") and not parts.netloc:
        return target
    return "/"


async def _open(console: Console, request: Request) -> Page:
    name = console.cookie("console")
    token = request.cookies.get(name, "")
    session = await run_in_threadpool(console.gate.find, token) if token else None
    words = all_words()
    wanted = session.user.language if session else request.cookies.get(LANGUAGE_COOKIE, "")
    page = Page(console, request, session, words.get(wanted) or preferred(request))
    if session:
        page.csrf = session.csrf
        return page
    # In front of the sign-in, forms are tied to a cookie of their own.
    visitor = console.cookie("console_visitor")
    secret = request.cookies.get(visitor, "")
    if len(secret) < 20:
        secret = secrets.token_urlsafe(32)
        page.cookies[visitor] = secret
    page.csrf = form_token(secret)
    return page


async def _check_form(page: Page) -> Response | None:
    request = page.request
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        return page.refuse(403, "refused.form")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return page.refuse(403, "refused.form")
    if int(request.headers.get("content-length") or 0) > LARGEST_FORM:
        return page.refuse(413, "refused.form")
    page.form = await request.form(max_files=0, max_fields=200, max_part_size=LARGEST_FORM)
    given = request.headers.get("x-csrf-token") or page.field("csrf")
    if not hmac.compare_digest(given.encode(), page.csrf.encode()):
        return page.refuse(403, "refused.form")
    return None


def preferred(request: Request) -> Words:
    """The console's language that the browser asks for first."""
    words = all_words()
    for part in request.headers.get("accept-language", "").split(","):
        code = part.split(";")[0].strip().split("-")[0].lower()
        if code in words:
            return words[code]
    return words[DEFAULT]
