"""Text for messaging: choices as a numbered list, long texts in parts, titles shortened.

Step 9 of the message path, for WhatsApp and Twilio. Titles are counted in graphemes, as a reader
counts; texts in code points, which are never fewer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import grapheme

from bot.channels.reply import Button, Reply
from knowledge.model import KnowledgeBase
from knowledge.render import phrase

_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_DIGITS = "0123456789"
# Where a long text may be cut, best first: paragraph, line, sentence, word.
_CUTS = ("\n\n", "\n", ". ", "\N{IDEOGRAPHIC FULL STOP}", "\N{DEVANAGARI DANDA} ", " ")


@dataclass(frozen=True)
class MessageWords:
    """The channels' own words in one language."""

    choose: str  # on the button that opens a list
    reply_with_number: str
    digits: str = _DIGITS

    @classmethod
    def of(cls, kb: KnowledgeBase, language: str) -> MessageWords:
        known = kb.languages.get(language)
        return cls(
            phrase(kb, language, "whatsapp.choose"),
            phrase(kb, language, "whatsapp.reply_with_number"),
            known.digits if known else _DIGITS,
        )


def numbered(reply: Reply, words: MessageWords) -> str:
    """The reply with its choices as a numbered list; a number is the place in `reply.buttons`."""
    return "\n\n".join(part for part in (reply.text, _choices(reply.buttons, words)) if part)


def parts(reply: Reply, words: MessageWords, limit: int) -> tuple[Reply, ...]:
    """The reply as messages of at most `limit` code points each; nearly always one.

    The choices go with the last part. Where they alone are too long, the last ones are left out.
    """
    if len(numbered(reply, words)) <= limit:
        return (reply,) if reply.text or reply.buttons else ()
    buttons = reply.buttons
    while len(_choices(buttons, words)) > limit // 2:
        buttons = buttons[:-1]
    texts = split(reply.text, limit - len(_choices(buttons, words)) - 2)
    last = replace(reply, text=texts[-1] if texts else "", buttons=buttons)
    return (*(replace(reply, text=text, buttons=()) for text in texts[:-1]), last)


def split(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` code points, cut where a reader pauses, not inside a letter."""
    found = []
    text = text.strip()
    while len(text) > limit:
        cut = _cut(text, limit)
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [part for part in [*found, text] if part]


def shorten(text: str, limit: int) -> str:
    """The text in at most `limit` graphemes, with an ellipsis where something was cut off."""
    if grapheme.length(text, limit + 1) <= limit:
        return text
    return grapheme.slice(text, 0, limit - 1).rstrip() + _ELLIPSIS


def _choices(buttons: tuple[Button, ...], words: MessageWords) -> str:
    lines = [
        "".join(words.digits[int(digit)] for digit in str(place)) + f". {button.title}"
        for place, button in enumerate(buttons, start=1)
    ]
    return "\n\n".join([words.reply_with_number, "\n".join(lines)]) if lines else ""


def _cut(text: str, limit: int) -> int:
    """Where to cut: after the last pause in the second half of what fits."""
    for pause in _CUTS:
        found = text.rfind(pause, limit // 2, limit)
        if found != -1 and found + len(pause) <= limit:
            return found + len(pause)
    end = 0
    for cluster in grapheme.graphemes(text[: limit + 64]):
        if end + len(cluster) > limit:
            break
        end += len(cluster)
    # A single letter longer than a message is no letter.
    return end or limit
