"""Which language a message is in: one table a kind of difficulty."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.nlu.identification import Identifier
from bot.nlu.language import make_identifier
from knowledge.model import KnowledgeBase


@pytest.fixture(scope="module")
def identifier(kb: KnowledgeBase, vocabulary: Mapping[str, Mapping[str, int]]) -> Identifier:
    return make_identifier(kb, vocabulary)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("how many days off do I need", "en"),
        ("does it hurt", "en"),
        ("price?", "en"),
        ("how mcuh does it cots", "en"),
        ("wil it hrut agian tomorow", "en"),
        ("combien de temps ça dure", "fr"),
        ("bonjour", "fr"),
        ("ça fait mal", "fr"),
        ("cest quoi les effets secondaires", "fr"),
        ("koto din lagbe", "bn-Latn"),
        ("betha lage naki", "bn-Latn"),
        ("dam koto", "bn-Latn"),
        ("side effect ache ki", "bn-Latn"),
        ("কত টাকা লাগবে", "bn"),
        ("ব্যথা লাগে", "bn"),
        ("injection নিলে pain হয়?", "bn"),
        ("副作用", "zh"),
        ("打针疼吗", "zh"),
        ("脊椎注射會不會痛", "zh"),
        ("做了treatment之后可以运动吗", "zh"),
    ],
)
def test_decides_short_messages(identifier: Identifier, text: str, code: str) -> None:
    verdict = identifier.identify(text)
    assert (verdict.code, verdict.foreign) == (code, None)


@pytest.mark.parametrize("text", ["", "ok", "12", "👍", "?", "3 4", "...", "hjkl bnmm"])
@pytest.mark.parametrize("current", ["fr", "bn", "zh"])
def test_a_message_that_tells_nothing_does_not_change_the_language(
    identifier: Identifier, text: str, current: str
) -> None:
    verdict = identifier.identify(text, current)
    assert verdict.code in (None, current)
    assert verdict.foreign is None


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("Wie lange dauert die Behandlung?", "de"),
        ("¿Cuántas sesiones necesito?", "es"),
        ("quanto costa il trattamento", "it"),
        ("quantas sessões são necessárias", "pt"),
        ("hoeveel kost de behandeling", "nl"),
        ("berapa lama pengobatannya", "id"),
        ("kaç seans gerekiyor", "tr"),
        ("ile to kosztuje", "pl"),
        ("tôi bị đau lưng", "vi"),
        ("сколько это стоит", "ru"),
        ("क्या दर्द होता है", "hi"),
        ("كم السعر", "ar"),
        ("痛いですか", "ja"),
        ("얼마예요", "ko"),
        ("ราคาเท่าไหร่", "th"),
    ],
)
def test_recognises_languages_that_we_lack(identifier: Identifier, text: str, foreign: str) -> None:
    assert identifier.identify(text).foreign == foreign


def test_the_conversation_tips_what_could_be_either(identifier: Identifier) -> None:
    either = "doctor"
    assert identifier.identify(either, "bn-Latn").code in (None, "bn-Latn")
    assert identifier.identify(either, "en").code in (None, "en")


def test_gives_the_same_answer_each_time(identifier: Identifier) -> None:
    assert identifier.identify("merci") == identifier.identify("merci")
