"""The real server and channel over an agent that answers from answers.yml: fast, and always alike.

Started by the browser tests as a process of its own, so that they can kill it:
`python tests/browser/standin.py PORT`, settings by environment variables as always.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rasa.core.channels.channel import UserMessage

from bot.channels.web import WebChannel
from bot.serve import create_app
from bot.settings import Settings

ANSWERS = yaml.safe_load((Path(__file__).parent / "answers.yml").read_text(encoding="utf-8"))
KINDS = {
    "emergency": r"breathe|শ্বাস|respire|呼吸",
    "smalltalk": r"^(hello|hi|bonjour|স্বাগতম|হ্যালো|您好|你好)\b",
    "handoff": r"person|talk_to_human|কথা বল|quelqu|工作人员",
}
FRENCH = r"combien|bonjour|respire|quelqu|durée|séance"


class StandInAgent:
    """Says what a real agent could say; notes every message that reached it."""

    def __init__(self, heard: Path, phrases: Mapping[str, Mapping[str, str]]) -> None:
        self.heard = heard
        self.phrases = phrases
        self.languages: dict[str, str] = {}

    def is_ready(self) -> bool:
        return True

    async def handle_message(self, message: UserMessage) -> None:
        metadata = message.metadata or {}
        with self.heard.open("a", encoding="utf-8") as file:
            note = {"conversation": message.sender_id, "text": message.text, **metadata}
            file.write(json.dumps(note, ensure_ascii=False) + "\n")
        text = message.text or ""
        if wait := re.search(r"wait (\d+)", text):
            await asyncio.sleep(int(wait[1]) / 1000)
        await message.output_channel.send_response(message.sender_id, self.answer(message))

    def answer(self, message: UserMessage) -> dict[str, Any]:
        text, metadata = message.text or "", message.metadata or {}
        language = self.language(message.sender_id, text, metadata)
        if said := re.match(r"(?:say|echo) (.*)", text, re.DOTALL):
            record = {"kind": "answer", "language": language, "sources": [], "treatment": None}
            return {"text": said[1], "buttons": [], "custom": record}
        kind = next((k for k, shape in KINDS.items() if re.search(shape, text, re.I)), "answer")
        sample = ANSWERS[language][kind]
        buttons = [
            {"title": title, "payload": f'/ask_{number}{{"treatment": "glutathione"}}'}
            for number, title in zip(
                ("pain", "safety", "results"), sample.get("buttons", []), strict=False
            )
        ]
        record = {
            "kind": kind,
            "treatment": "glutathione",
            "topic": "session_duration" if kind == "answer" else None,
            "language": language,
            "facts": [],
            "sources": sample.get("sources", []),
            "buttons": buttons,
        }
        text = sample["text"]
        if record["sources"]:
            line = self.phrases[language]["answer.source"]
            text += "\n\n" + line.format(sources=f"Glutathione – {record['sources'][0]['section']}")
        return {"text": text, "buttons": buttons, "custom": record}

    def language(self, conversation: str, text: str, metadata: dict[str, Any]) -> str:
        before = self.languages.get(conversation, metadata.get("page_language") or "en")
        asked = re.match(r'/change_language\{"language":"([\w-]+)"\}', text)
        if asked or metadata.get("language"):
            found = asked[1] if asked else metadata["language"]
        elif re.search(r"[\u0980-\u09ff]", text):
            found = "bn"
        elif re.search(r"[\u4e00-\u9fff]", text):
            found = "zh"
        elif re.search(FRENCH, text, re.I):
            found = "fr"
        else:
            found = before
        self.languages[conversation] = found = found if found in ANSWERS else "bn"
        return found


def main() -> None:
    settings = Settings.from_env()
    channel = WebChannel(settings)
    app = create_app([channel], settings)
    settings.var_dir.mkdir(parents=True, exist_ok=True)

    async def agent(app: Any, *_: Any) -> None:
        app.ctx.agent = StandInAgent(settings.var_dir / "heard.jsonl", channel.kb.phrases)

    app.register_listener(agent, "before_server_start")
    app.run(host="127.0.0.1", port=int(sys.argv[1]), motd=False, access_log=False, workers=1)


if __name__ == "__main__":
    main()
