"""The webhook's parser: recorded shapes, pywa as an oracle, and whatever else could be posted."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import whatsapp_webhook as webhook
from bot.channels.arrivals import Arrival, StatusUpdate
from bot.channels.whatsapp import signed
from tests.bot.channels.whatsapp import bodies

NAMES = sorted(path.stem for path in (bodies.PAYLOADS / "whatsapp").glob("*.json"))

KEYS = (
    *("entry", "changes", "value", "field", "metadata", "phone_number_id", "messages"),
    *("contacts", "statuses", "id", "from", "type", "text", "body", "timestamp", "status"),
    *("wa_id", "user_id", "interactive", "reaction", "errors", "system", "edit", "x"),
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)


def read(data: object) -> webhook.Delivery:
    return webhook.read(bodies.raw(data), bodies.PHONE_NUMBER_ID)


def places(data: object, path: tuple = ()) -> list[tuple]:
    """Every place in nested JSON."""
    found = [path] if path else []
    items = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for key, value in items:
        found += places(value, (*path, key))
    return found


def with_value(data: dict, path: tuple, value: object) -> dict:
    changed = copy.deepcopy(data)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", NAMES)
def test_recorded_shapes_are_read(name: str) -> None:
    delivery = read(bodies.recorded(name, at=1770000000))
    for arrival in delivery.arrivals:
        assert arrival.address.identifier
        assert arrival.sent_at == datetime.fromtimestamp(1770000000, timezone.utc)
        assert Arrival.from_json(json.loads(json.dumps(arrival.to_json()))) == arrival
    for status in delivery.statuses:
        assert StatusUpdate.from_json(json.loads(json.dumps(status.to_json()))) == status


def test_a_batch_is_read_whole_and_in_order() -> None:
    delivery = read(bodies.recorded("batch"))
    assert [arrival.text for arrival in delivery.arrivals] == ["one", "two", "three", "four"]
    assert [status.status for status in delivery.statuses] == ["sent", "delivered"]


@settings(max_examples=200, deadline=None)
@given(junk)
def test_nothing_that_is_json_breaks_the_parser(data: object) -> None:
    read(data)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_odd_value_anywhere_spoils_no_other_message(data: st.DataObject) -> None:
    """A value of any kind in any place of one message: the message beside it is still read."""
    name = data.draw(st.sampled_from(NAMES))
    body = bodies.recorded(name)
    path = data.draw(st.sampled_from(places(body)))
    changed = with_value(body, path, data.draw(junk))
    good = bodies.of(bodies.text("good", message_id="wamid.good"))
    entries = changed["entry"] if isinstance(changed.get("entry"), list) else []
    both = {"object": "whatsapp_business_account", "entry": [*entries, *good["entry"]]}
    delivery = read(both)
    assert "good" in [a.text for a in delivery.arrivals if a.message_id == "wamid.good"]
    for arrival in delivery.arrivals:
        json.dumps(arrival.to_json(), ensure_ascii=False).encode()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=50), st.integers(0, 5), st.integers(0, 30)),
        max_size=30,
    ),
    st.integers(1, 4),
)
def test_every_message_of_every_envelope_is_found_once(messages: list, per_change: int) -> None:
    made = [
        bodies.text(words or "x", f"88017110000{sender:02}", message_id=f"wamid.{number}")
        for number, (words, sender, _) in enumerate(messages)
    ]
    chunks = [made[n : n + per_change] for n in range(0, len(made), per_change)]
    changes = [bodies.of(*chunk)["entry"][0]["changes"][0] for chunk in chunks]
    half = len(changes) // 2
    delivery = read({"entry": [{"changes": changes[:half]}, {"changes": changes[half:]}]})
    assert [a.message_id for a in delivery.arrivals] == [m["id"] for m in made]
    assert delivery.ignored == 0


def test_a_message_without_an_id_is_recognised_when_it_comes_again() -> None:
    body = bodies.of({**bodies.text("Hello"), "id": None})
    first, second = read(body).arrivals[0], read(body).arrivals[0]
    assert first.message_id == second.message_id
    other = bodies.of({**bodies.text("Other"), "id": None})
    assert read(other).arrivals[0].message_id != first.message_id


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.text(alphabet="abcé0", min_size=1, max_size=40))
def test_signatures_agree_with_pywa(content: bytes, secret: str) -> None:
    utils = pytest.importorskip("pywa.utils")
    header = bodies.signature(content, secret)
    assert signed(secret, content, header)
    assert utils.webhook_updates_validator(secret, content, header)
    for wrong in (header[:-1] + ("0" if header[-1] != "0" else "1"), "", "sha256="):
        assert not signed(secret, content, wrong)
        assert not utils.webhook_updates_validator(secret, content, wrong)


@pytest.mark.parametrize("name", ["text", "edit", "voice", "image", "reaction", "reply_to_ours"])
def test_what_pywa_reads_we_read_alike(name: str) -> None:
    pywa = pytest.importorskip("pywa")
    from pywa.types import EditedMessage, Message

    update = bodies.recorded(name)
    client = pywa.WhatsApp(phone_id=bodies.PHONE_NUMBER_ID, token="t")
    kind = EditedMessage if name == "edit" else Message
    theirs = kind.from_update(client, update)
    ours = read(update).arrivals[0]
    assert ours.message_id == theirs.id
    assert ours.address.wa_id == theirs.from_user.wa_id
    assert ours.address.user_id == theirs.from_user.bsuid
    assert ours.sent_at == theirs.timestamp
    text = theirs.message.text if name == "edit" else theirs.text
    assert ours.text == (text or "")
    if name == "reaction":
        assert (ours.emoji, ours.about) == (theirs.reaction.emoji, theirs.reaction.message_id)
