"""Events are checked and told apart as Rasa does, only quicker."""

from __future__ import annotations

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import ActionExecuted, Event, SlotSet

from bot.quick_events import quicken


@pytest.fixture
def action(monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    monkeypatch.setattr(
        RemoteAction, "_validate_action_result", RemoteAction._validate_action_result
    )
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(Event.resolve_by_type))
    quicken()
    return RemoteAction("action_answer", None)


def test_takes_a_valid_answer(action: RemoteAction) -> None:
    slot = {"event": "slot", "timestamp": None, "name": "treatment", "value": "glutathione"}
    answer = {"events": [slot], "responses": [{"text": "hello"}]}
    assert action._validate_action_result(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"events": 3},
        {"responses": "hello"},
        {"events": [{"name": "x"}]},
        {"events": [{"event": "nothing"}]},
        {"events": [{"event": "slot", "name": 3}]},
        {"events": [{"event": "slot", "name": "treatment"}, {"event": "followup", "name": []}]},
        [],
    ],
)
def test_refuses_another(action: RemoteAction, answer: object) -> None:
    with pytest.raises(ValidationError, match="not valid"):
        action._validate_action_result(answer)


def test_finds_an_event_s_class_as_rasa_does(action: RemoteAction) -> None:
    for _ in range(2):
        assert Event.resolve_by_type("slot") is SlotSet
        assert Event.resolve_by_type("topic") is None
        assert Event.resolve_by_type("unheard of", ActionExecuted) is ActionExecuted
        with pytest.raises(ValueError, match="unheard of"):
            Event.resolve_by_type("unheard of")
