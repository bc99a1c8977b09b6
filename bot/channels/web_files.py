"""Routes of what the website's visitors load: the chat window, the sample page, its texts.

Stands before step 1 of the message path.
"""

from __future__ import annotations

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import web_assets as assets
from bot.channels import web_headers as headers
from bot.channels import web_strings as strings
from bot.channels.web_guard import Guard, preflight
from bot.channels.web_requests import nearest_language
from bot.settings import Settings
from knowledge.model import KnowledgeBase

READ = ("GET", "HEAD")
# A visitor who goes from page to page does not ask each time; a correction is seen soon.
FRESH_SECONDS = 300


def add_routes(routes: Blueprint, guard: Guard, kb: KnowledgeBase, settings: Settings) -> None:
    """Everything that is only read, made once: it changes when the bot starts anew."""
    codes = kb.answer_languages
    pages = {code: assets.page(kb, code) for code in codes}
    texts = {
        code: assets.as_json(strings.interface(kb, code, settings.web_max_characters))
        for code in codes
    }
    files = {
        "/chat/widget.js": assets.widget(),
        "/chat/page.css": assets.stylesheet(),
        "/chat/icon.svg": assets.page_icon(),
    }

    async def page(request: Request) -> HTTPResponse:
        answer = send(request, pages[guard.language(request, request.args.get("lang"))])
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["Content-Security-Policy"] = headers.CONTENT_SECURITY_POLICY
        answer.headers["Vary"] = "Accept-Encoding, Accept-Language"
        return answer

    async def file(request: Request) -> HTTPResponse:
        return send(request, files[request.path])

    async def words(request: Request, language: str) -> HTTPResponse:
        return send(request, texts[nearest_language(language, codes) or strings.DEFAULT])

    routes.add_route(guard.files(page), "/", methods=READ, name="page")
    for uri in files:
        name = uri.rpartition("/")[2].replace(".", "_")
        routes.add_route(guard.files(file), uri, methods=READ, name=name)
    uri = "/chat/strings/<language:str>"
    routes.add_route(guard.calls(words), uri, methods=READ, name="words")
    routes.add_route(guard.calls(preflight), uri, methods=["OPTIONS"], name="words_preflight")


def send(request: Request, asset: assets.Asset) -> HTTPResponse:
    """A file, compressed where the browser takes it, or only the word that it is unchanged."""
    fresh = {"ETag": asset.etag, "Vary": "Accept-Encoding"}
    fresh["Cache-Control"] = f"max-age={FRESH_SECONDS}"
    if asset.etag in request.headers.get("If-None-Match", ""):
        return response.empty(status=304, headers=fresh)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        fresh["Content-Encoding"] = "gzip"
        return response.raw(asset.zipped, headers=fresh, content_type=asset.type)
    return response.raw(asset.body, headers=fresh, content_type=asset.type)
