"""The bot's server with both messaging channels and a stand-in agent, also as processes to kill.

`python -m tests.bot.channels.whatsapp.server` starts servers on request; each can be told to end
itself with SIGKILL at a point, and takes its settings from the environment as in life.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import UserMessage, register
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Sanic, response

from bot.channels import messaging_turn, twilio_api, whatsapp_api
from bot.channels.standing_replies import StandingReplies
from bot.channels.store import Store
from bot.channels.twilio_whatsapp import TwilioWhatsAppChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.database import connect, upgrade
from bot.serve import LARGEST_REQUEST
from bot.settings import Settings
from knowledge import loader


class StandInAgent:
    """Answers every message, and remembers whole turns in a file as Rasa's tracker store does."""

    def __init__(self, folder: Path, busy_ms: float = 0.0) -> None:
        self._file = folder / "turns.jsonl"
        self._busy = busy_ms / 1000
        self.tracker_store = SimpleNamespace(retrieve=self._retrieve)
        self.texts: list[str] = []
        self.metadata: list[dict[str, Any]] = []
        self.conversations: list[str] = []
        self.reply: dict[str, Any] = {}
        self.failures = 0  # turns that fail before they succeed
        self.running: Counter[str] = Counter()
        self.most_at_once = 0
        self.pause = 0.0
        self._counts = Counter(turn["conversation"] for turn in self._turns())

    async def handle_message(self, message: UserMessage) -> None:
        conversation = str(message.sender_id)
        self.running[conversation] += 1
        assert self.running[conversation] == 1, "two turns of one conversation at once"
        self.most_at_once = max(self.most_at_once, sum(self.running.values()))
        try:
            time.sleep(self._busy)  # as understanding a message does
            await asyncio.sleep(self.pause)
            if self.failures:
                self.failures -= 1
                raise RuntimeError("stand-in failure")
            self.texts.append(str(message.text))
            self.metadata.append(dict(message.metadata or {}))
            self.conversations.append(conversation)
            self._counts[conversation] += 1
            count = self._counts[conversation]
            reply = {
                "text": f"{count}. {message.text}",
                "buttons": [],
                "custom": {"kind": "answer", "language": "en"},
                **self.reply,
            }
            turn = {
                "conversation": conversation,
                "text": message.text,
                "metadata": message.metadata,
                "reply": reply,
            }
            with self._file.open("a") as file:
                file.write(json.dumps(turn) + "\n")
            await message.output_channel.send_response(conversation, reply)
        finally:
            self.running[conversation] -= 1

    def _turns(self) -> list[dict[str, Any]]:
        if not self._file.exists():
            return []
        return [json.loads(line) for line in self._file.read_text().splitlines()]

    async def _retrieve(self, conversation: str) -> Any:
        events: list[Any] = []
        for turn in self._turns():
            if turn["conversation"] == conversation:
                reply = turn["reply"]
                data = {"buttons": reply["buttons"], "custom": reply["custom"]}
                events.append(UserUttered(turn["text"], metadata=turn["metadata"]))
                events.append(BotUttered(reply["text"], data))
        return SimpleNamespace(events=events)


def make_app(settings: Settings, agent: Any, name: str = "stand-in") -> Sanic:
    """A server with the messaging channels, as `python -m bot serve` makes it."""
    Sanic.test_mode = True  # lets several apps of one name follow each other
    app = Sanic(name, configure_logging=False)
    app.config.USE_UVLOOP = False
    app.ctx.agent = agent
    channels = [WhatsAppChannel(settings), TwilioWhatsAppChannel(settings)]
    register(channels, app, route="/webhooks/")
    app.config.REQUEST_MAX_SIZE = LARGEST_REQUEST
    app.add_route(lambda _request: response.text("ok"), "/health", name="health")
    return app


def kill_at(point: str) -> None:
    """End this process at a point: `before|inside|after:NAME:N`, at the Nth passage.

    NAME is a function that the store runs (inside = done, not yet committed), `turn` or `send`.
    """
    moment, name, passage = point.split(":")
    seen = 0

    def passes(where: str, what: str) -> None:
        nonlocal seen
        if (where, what) == (moment, name):
            seen += 1
            if seen == int(passage):
                os.kill(os.getpid(), signal.SIGKILL)

    run, commit = Store._run, Store._commit

    def told(job: Any) -> bool:
        """Whether a job did something: `take` and `claim` look all the time."""
        return job.name not in ("take", "claim") or bool(job.result)

    def store_run(self: Store, connection: Any, job: Any, alone: bool) -> None:
        passes("before", job.name)
        run(self, connection, job, alone)
        if told(job):
            passes("inside", job.name)

    def store_commit(self: Store, group: list[Any]) -> None:
        futures = [job.future for job in group]
        for job in group:
            job.future = Future()
        commit(self, group)
        # Before whoever waits hears of it.
        for job in group:
            if told(job):
                passes("after", job.name)
        for job, future in zip(group, futures, strict=True):
            if job.future.exception():
                future.set_exception(job.future.exception())
            else:
                future.set_result(job.future.result())

    Store._run = store_run  # type: ignore[method-assign]
    Store._commit = store_commit  # type: ignore[method-assign]

    def around(name: str, call: Any) -> Any:
        async def wrapped(*args: Any, **options: Any) -> Any:
            passes("before", name)
            result = await call(*args, **options)
            passes("after", name)
            return result

        return wrapped

    messaging_turn.take_turn = around("turn", messaging_turn.take_turn)
    for transport in (whatsapp_api.WhatsAppTransport, twilio_api.TwilioTransport):
        transport.send = around("send", transport.send)  # type: ignore[method-assign]


def serve(kill: str | None = None, busy_ms: float = 0.0) -> None:
    """Run the server of the environment's settings until it is stopped or killed."""
    settings = Settings.from_env()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    if kill:
        kill_at(kill)
    app = make_app(settings, StandInAgent(settings.var_dir, busy_ms))
    app.run(host=settings.host, port=settings.port, access_log=False, motd=False)


def main() -> None:
    """A nursery of servers: each line of standard input is one to start, or `wait PID`.

    Importing Rasa and reading the emergency rules takes seconds; a forked child has both.
    """
    with tempfile.TemporaryDirectory() as folder:
        upgrade(connect(Settings(var_dir=Path(folder))))
    StandingReplies(loader.shared())
    print("ready", flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if "wait" in command:
            _, status = os.waitpid(command["wait"], 0)
            print(status, flush=True)
            continue
        child = os.fork()
        if child == 0:
            os.environ.update(command["env"])
            serve(command.get("kill"), command.get("busy_ms", 0.0))
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
