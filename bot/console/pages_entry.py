"""Pages in front of the sign-in: signing in and out, the one-time link, the language.

Beside the message path. These are the only pages that are open to everybody.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from bot.console import accounts
from bot.console.accounts import AccountError, User
from bot.console.page import LANGUAGE_COOKIE, Page, own_path, preferred
from bot.console.sign_in import TooManyAttempts
from bot.console.wording import all_words


def health(page: Page) -> Response:
    return PlainTextResponse("ok")


def sign_in_form(page: Page) -> Response:
    target = own_path(page.query.get("next", "/"))
    if page.session:
        return page.redirect(target)
    return page.render("sign_in.html", target=target, problem="")


def sign_in(page: Page) -> Response:
    name, target = page.field("name"), own_path(page.field("next", 500) or "/")
    password = page.form.get("password")
    problem, status = "sign_in.wrong", 401
    try:
        session = page.console.gate.sign_in(
            name, password if isinstance(password, str) else "", _address(page)
        )
    except TooManyAttempts:
        session, problem, status = None, "sign_in.wait", 429
    if session is None:
        page.console.audit.write("", "sign-in refused", name[:60], {"address": _address(page)})
        return page.render("sign_in.html", status, target=target, problem=page.words(problem))
    return _let_in(page, session.token, session.user, target)


def sign_out(page: Page) -> Response:
    if page.session:
        page.note("sign out")
        page.console.gate.close(page.session.token)
    page.cookies[page.console.cookie("console")] = ""
    return page.redirect("/sign-in")


def setup_form(page: Page) -> Response:
    with page.engine.connect() as connection:
        link = accounts.open_link(connection, page.path["token"])
    if link is None:
        return page.refuse(404, "account.bad_link")
    return page.render("setup.html", link=link, name=link.name or "", problem="")


def setup(page: Page) -> Response:
    token = page.path["token"]
    name = page.field("name")
    password, again = page.form.get("password"), page.form.get("again")
    problem = "account.password_differs"
    link = None
    if isinstance(password, str) and password == again:
        try:
            with page.engine.begin() as connection:
                link = accounts.open_link(connection, token)
                made, name = accounts.use_link(
                    connection, token, name, password, page.words.language
                )
            assert link is not None
            user = User(made, name, link.role, page.words.language)
            page.console.audit.write(name, "account made", name, {"role": link.role})
            return _let_in(page, page.console.gate.open(user).token, user, "/")
        except AccountError as error:
            problem = error.args[0]
    with page.engine.connect() as connection:
        link = accounts.open_link(connection, token)
    if link is None:
        return page.refuse(404, "account.bad_link")
    words = page.words(problem)
    return page.render("setup.html", 422, link=link, name=link.name or name, problem=words)


def language(page: Page) -> Response:
    """Change the language of the console, for good where somebody is signed in."""
    code = page.field("language")
    target = own_path(page.field("next", 500) or "/")
    if code in all_words():
        page.cookies[LANGUAGE_COOKIE] = code
        if page.session:
            with page.engine.begin() as connection:
                accounts.set_language(connection, page.user.id, code)
    return page.redirect(target)


async def not_found(request: Request, error: Exception) -> Response:
    return _without_session(request, 404, "refused.unknown")


async def not_allowed(request: Request, error: Exception) -> Response:
    return _without_session(request, 405, "refused.form")


async def failed(request: Request, error: Exception) -> Response:
    return _without_session(request, 500, "refused.failed")


def _without_session(request: Request, status: int, reason: str) -> Response:
    """A page that needs nothing of the request, whatever went wrong."""
    words = preferred(request)
    template = request.app.state.console.templates.get_template("plain.html")
    return HTMLResponse(template.render(t=words, reason=words(reason)), status)


def _let_in(page: Page, token: str, user: User, target: str) -> Response:
    page.console.audit.write(user.name, "sign in", user.name, {"address": _address(page)})
    page.cookies[page.console.cookie("console")] = token
    page.cookies[page.console.cookie("console_visitor")] = ""
    return page.redirect(target)


def _address(page: Page) -> str:
    return page.request.client.host if page.request.client else ""
