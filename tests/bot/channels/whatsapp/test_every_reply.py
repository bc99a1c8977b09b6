"""Every reply that the knowledge base can produce, in every language, fits WhatsApp's limits."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import grapheme
import pytest
from rasa_sdk.executor import ActionExecutor

from bot.channels import arrivals, twilio_api
from bot.channels.fixed_reply import fixed_reply
from bot.channels.message_text import MessageWords, numbered, parts
from bot.channels.people import Person
from bot.channels.reply import Button, Reply
from bot.channels.standing_replies import StandingReplies
from bot.channels.whatsapp_format import TEXT, body
from knowledge.loader import shared
from tests.actions.conftest import Conversation, rules
from tests.bot.channels.whatsapp.graph import broken_limit, text_of

KB = shared()
LANGUAGES = KB.answer_languages
TREATMENTS = tuple(KB.treatments)
TOPICS = tuple(KB.topics)


@pytest.fixture(scope="module")
def executor() -> ActionExecutor:
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor


@pytest.fixture(scope="module")
def standing() -> StandingReplies:
    return StandingReplies(KB)


class Speaker:
    """One language's replies, from the actions themselves."""

    def __init__(self, executor: ActionExecutor, language: str) -> None:
        self.executor = executor
        self.language = language
        self.actions = rules()

    def say(self, intent: str, slots: dict | None = None, **more: object) -> Reply:
        memory = {"disclosed": True, "language_requested": self.language, **(slots or {})}
        talk = Conversation(self.executor, self.actions, self.language, memory)
        said = talk.say(intent, **more)
        buttons = tuple(Button(item["title"], item["payload"]) for item in said.buttons)
        return Reply(said.text, buttons, said.record)


def questions(speaker: Speaker) -> Iterator[Reply]:
    """Each intent, with and without a treatment, on its own and as the first of a conversation."""
    treatments = (None, *TREATMENTS)
    for intent, treatment, first in itertools.product(speaker.actions, treatments, (True, False)):
        slots = {"treatment": treatment, "disclosed": not first}
        yield speaker.say(intent, slots)
        yield speaker.say(intent, slots, text="as typed", red_flag_mentioned="chest_pain")
        yield speaker.say(intent, slots, not_offered="botulinum toxin")


def two_topics(speaker: Speaker) -> Iterator[Reply]:
    for (one, two), treatment in itertools.product(itertools.combinations(TOPICS, 2), TREATMENTS):
        topics = [f"ask_{one}", f"ask_{two}"]
        slots = {"disclosed": False}
        yield speaker.say(topics[0], slots, treatment=treatment, topics=topics)


def suitability(speaker: Speaker) -> Iterator[Reply]:
    conditions = tuple(KB.conditions)
    for treatment, condition in itertools.product(TREATMENTS, conditions):
        yield speaker.say("check_suitability", treatment=treatment, condition=condition)
    for treatment in TREATMENTS:
        yield speaker.say("check_suitability", treatment=treatment, condition=conditions[:5])


def comparisons(speaker: Speaker) -> Iterator[Reply]:
    for pair in itertools.permutations(TREATMENTS, 2):
        yield speaker.say("compare_treatments", treatment=pair)
        for topic in TOPICS:
            yield speaker.say(f"ask_{topic}", treatment=pair)
    yield speaker.say("compare_treatments", treatment=TREATMENTS)


def emergencies(speaker: Speaker) -> Iterator[Reply]:
    flags = {flag.id for flags in KB.red_flags.values() for flag in flags}
    countries = (None, "FR", "US", "XX", *KB.clinic.emergency_numbers)
    for flag, country in itertools.product(sorted(flags), countries):
        metadata = {"country": country}
        yield speaker.say("report_emergency", red_flag=flag, metadata=metadata)
        yield speaker.say("ask_pain", red_flag_mentioned=flag, metadata=metadata)


def misunderstandings(speaker: Speaker) -> Iterator[Reply]:
    intents = tuple(speaker.actions)
    for start, count, treatment in itertools.product(
        range(len(intents)), range(4), (None, *TREATMENTS)
    ):
        near = [*intents[start:], *intents[:start]][:5]
        ranking = [{"name": name, "confidence": 0.2} for name in near]
        slots = {"fallback_count": count, "treatment": treatment}
        yield speaker.say("nlu_fallback", slots, intent_ranking=ranking)


def languages(speaker: Speaker) -> Iterator[Reply]:
    for code in (*KB.languages, "de", "ar"):
        yield speaker.say("greet", unsupported=code)
        wish = {"entity": "language", "role": "requested", "value": code}
        yield speaker.say("change_language", entities=(wish,))


MADE = [questions, two_topics, suitability, comparisons, emergencies, misunderstandings, languages]


def check(reply: Reply, language: str) -> None:
    words = MessageWords.of(KB, language)
    # One message a turn, and nothing of a title is lost.
    (part,) = parts(reply, words, TEXT)
    content = {
        "messaging_product": "whatsapp",
        "to": "8801711000001",
        "biz_opaque_callback_data": "key-0",
        **body(part, words),
    }
    assert broken_limit(content) is None, reply
    assert text_of(content).startswith(reply.text)
    if content["type"] == "interactive":
        action = content["interactive"]["action"]
        shown = [item["reply"]["title"] for item in action.get("buttons", ())] or [
            row.get("description", row["title"]) for row in action["sections"][0]["rows"]
        ]
        assert shown == [button.title for button in reply.buttons]
    else:
        assert not reply.buttons, f"{len(reply.buttons)} choices do not fit a list"
    for message in parts(reply, words, twilio_api.TEXT):
        assert 0 < len(numbered(message, words)) <= twilio_api.TEXT


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("made", MADE, ids=lambda made: made.__name__)
def test_replies_of_the_conversation(
    executor: ActionExecutor, standing: StandingReplies, language: str, made: object
) -> None:
    seen: set[tuple] = set()
    for reply in made(Speaker(executor, language)):
        key = (reply.text, reply.buttons)
        if key not in seen:
            seen.add(key)
            check(reply, reply.record["language"])
            check(standing.with_first_notice(reply, language), language)
    assert len(seen) > 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_replies_of_the_channel(standing: StandingReplies, language: str) -> None:
    for country in (None, "BD", "FR", "XX"):
        person = Person(1, "whatsapp", "c", country, language, False, True, None)
        replies = [standing.instead_of(kind, person) for kind in (*arrivals.MEDIA, "deleted")]
        replies += [standing.instead_of("anything", person), standing.late([], person)]
        replies += [standing.late(["I cannot breathe"], person)]
        replies += [standing.out_of_order("I want to die", person)]
        replies += [standing.thanks_for(value, person) for value in ("up", "down")]
        for word in ("stop", "start"):
            wish = standing.wish(word, person)
            assert wish is not None
            replies.append(wish[1])
        for text in ("Hello", "I cannot breathe"):
            replies.append(fixed_reply(text, {"language": language, "country": country}))
        for reply in replies:
            check(reply, language)
            check(standing.with_first_notice(reply, language), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_titles_fit_buttons(language: str) -> None:
    titles = [text for key, text in KB.phrases[language].items() if key.startswith("buttons.")]
    titles += [treatment.words[language].short_name for treatment in KB.treatments.values()]
    titles += [item.name for item in KB.languages.values()]
    assert len(titles) > 20
    assert [title for title in titles if not 0 < grapheme.length(title) <= 20] == []
