"""Files that the website's visitors load: the chat window as one script, and the sample page.

Stands before step 1 of the message path.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from bot.channels.web_strings import DEFAULT
from knowledge.model import KnowledgeBase

FOLDER = Path(__file__).resolve().parent / "web_page"
ENTRY = "widget.js"
STYLE = "style.css"
_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w.]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|let|class|function|async) )", re.MULTILINE)
_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)
_PAGE_PREFIX = "web.page."


@dataclass(frozen=True)
class Asset:
    """One file as it is sent; `etag` changes with its content."""

    body: bytes
    zipped: bytes
    type: str
    etag: str


def asset(text: str, content_type: str) -> Asset:
    """A file from its text."""
    body = text.encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Asset(body, gzip.compress(body, 9, mtime=0), content_type, etag)


def widget(folder: Path = FOLDER / "widget") -> Asset:
    """The chat window: its modules in the order of their imports, and its style, in one script.

    One file is one request on a slow connection, and a plain script knows its own address.

    Raises:
        ValueError: a module exports in a way that is not understood here.
    """
    ordered: dict[str, str] = {}
    _collect(folder, ENTRY, ordered)
    style = json.dumps(_small(folder / STYLE), ensure_ascii=False)
    parts = ['(() => {\n"use strict";\n', f"const STYLE = {style};\n", *ordered.values(), "})();\n"]
    return asset("".join(parts), "text/javascript; charset=utf-8")


def page(kb: KnowledgeBase, language: str) -> Asset:
    """The sample page of a clinic, in one language."""
    phrases = kb.phrases[language]
    values = {
        "t_" + key.removeprefix(_PAGE_PREFIX): html.escape(text)
        for key, text in phrases.items()
        if key.startswith(_PAGE_PREFIX)
    }
    names = [_name(kb, name, language) for name in kb.treatments]
    values |= {
        "language": html.escape(language),
        "clinic": html.escape(kb.clinic.name.get(language) or kb.clinic.name[DEFAULT]),
        "treatments": "".join(f"<li>{html.escape(name)}</li>" for name in names),
        "languages": "".join(_link(kb, code, language) for code in kb.answer_languages),
    }
    template = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
    return asset(template.substitute(values), "text/html; charset=utf-8")


def stylesheet() -> Asset:
    """The sample page's style."""
    return asset((FOLDER / "page.css").read_text(encoding="utf-8"), "text/css; charset=utf-8")


def page_icon() -> Asset:
    """The sample page's icon."""
    return asset((FOLDER / "icon.svg").read_text(encoding="utf-8"), "image/svg+xml")


def as_json(body: Any) -> Asset:
    """Data that changes only when the bot starts anew."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return asset(text, "application/json; charset=utf-8")


def _collect(folder: Path, name: str, ordered: dict[str, str]) -> None:
    if name in ordered:
        return
    text = (folder / name).read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        if imported != name:
            _collect(folder, imported, ordered)
    text = _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text)))
    if re.search(r"^(?:import|export)\b", text, re.MULTILINE):
        raise ValueError(
            f"{folder / name}: write `import {{ a }} from` and `export const|function`"
        )
    ordered[name] = text


def _small(path: Path) -> str:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def _name(kb: KnowledgeBase, treatment: str, language: str) -> str:
    words = kb.treatments[treatment].words
    near = (language, kb.languages[language].answers, DEFAULT)
    return next(words[code].name for code in near if code in words)


def _link(kb: KnowledgeBase, code: str, current: str) -> str:
    here = ' aria-current="true"' if code == current else ""
    name = html.escape(kb.languages[code].name)
    return f'<li><a href="?lang={code}" lang="{code}" hreflang="{code}"{here}>{name}</a></li>'
