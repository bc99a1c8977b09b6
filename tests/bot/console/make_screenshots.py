"""Makes the pictures of docs/reviewing.md: `python -m tests.bot.console.make_screenshots`."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from pathlib import Path

import sqlalchemy as sa
import uvicorn
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bot.console import accounts, grouping, review
from bot.console.app import create_app
from bot.console.generator import Generator
from bot.database import open_url, upgrade
from bot.settings import Settings
from bot.transcript_tables import messages
from tests.bot.console.conftest import PASSWORD
from tests.browser.conftest import ARGUMENTS, CHROMIUM

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "images"
SIZE = {"width": 1180, "height": 820}  # a tablet on its side
COLOURS = 96
SENTENCES = [
    ("en", "does it sting on thick scars", "ask_pain"),
    ("fr", "ça pique fort ou pas trop", "ask_pain"),
    ("zh", "打完以后脸会肿几天", "ask_recovery_time"),
    ("bn-Latn", "koto din por abar ashte hobe bolben", "ask_session_interval"),
    ("en", "how long does one session take", "ask_session_duration"),
    ("bn", "টাকা কেমন লাগবে একটু জানাবেন", "ask_cost"),
]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        address, talk = serve(Path(folder))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_context(base_url=address, viewport=SIZE).new_page()
            page.goto("/")
            page.fill("[name=name]", "nadia")
            page.fill("[name=password]", PASSWORD)
            page.click("main button")
            page.wait_for_selector(".counts")
            shoot(page, "inbox")
            page.goto(f"/conversations/{talk}")
            page.keyboard.press("w")
            shoot(page, "conversation")
            page.goto("/candidates")
            shoot(page, "candidates")
            page.goto("/gaps")
            shoot(page, "gaps")
            page.goto("/dashboard")
            shoot(page, "dashboard")
            browser.close()


def serve(folder: Path) -> tuple[str, str]:
    """A console with made-up conversations; its address and a conversation to show."""
    settings = Settings(var_dir=folder, secret_key="only for pictures")
    engine = open_url(f"sqlite:///{folder / 'pictures.db'}")
    upgrade(engine)
    Generator(seed=5).fill(engine, 600)
    with engine.begin() as connection:
        for name, role in (("nadia", "admin"), ("karim", "reviewer")):
            accounts.add_user(connection, name, role, PASSWORD, "en")
        said, answered = messages.alias("said"), messages.alias("answered")
        query = (
            sa.select(said)
            .join(
                answered,
                (answered.c.conversation_id == said.c.conversation_id)
                & (answered.c.turn_id == said.c.turn_id)
                & (answered.c.direction == "out"),
            )
            .where(
                *(said.c.direction == "in", answered.c.kind == "answer"),
                *(said.c.confidence.between(0.4, 0.7), said.c.turn_id.endswith("-0")),
            )
            .order_by(said.c.id.desc())
        )
        rows = connection.execute(query).mappings().all()
        talk = next(row["conversation_id"] for row in rows if row["language"] == "en")
        for row, text in zip(rows[1:], SENTENCES, strict=False):
            changed = messages.update().where(messages.c.id == row["id"])
            connection.execute(changed.values(text=text[1], language=text[0]))
            verdict = review.Verdict(False, intent=text[2])
            review.judge(connection, row["conversation_id"], row["turn_id"], verdict, "karim")
    grouping.group(engine)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(create_app(settings, engine), port=port, log_level="error", ws="none")
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return f"http://127.0.0.1:{port}", str(talk)


def shoot(page: Page, name: str) -> None:
    path = FOLDER / f"console-{name}.png"
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS)
    small.save(path, optimize=True)
    print(path, path.stat().st_size // 1024, "KB")


if __name__ == "__main__":
    main()
