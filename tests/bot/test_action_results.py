"""The action server's answers are validated as Rasa does, with the schema checked once."""

from __future__ import annotations

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.action_results import validate_quickly


@pytest.fixture
def action(monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    monkeypatch.setattr(
        RemoteAction, "_validate_action_result", RemoteAction._validate_action_result
    )
    validate_quickly()
    return RemoteAction("action_answer", None)


def test_takes_a_valid_answer(action: RemoteAction) -> None:
    slot = {"event": "slot", "timestamp": None, "name": "treatment", "value": "glutathione"}
    answer = {"events": [slot], "responses": [{"text": "hello"}]}
    assert action._validate_action_result(answer)


@pytest.mark.parametrize(
    "answer", [{"events": 3}, {"responses": "hello"}, {"events": [{"name": "x"}]}, []]
)
def test_refuses_another(action: RemoteAction, answer: object) -> None:
    with pytest.raises(ValidationError, match="not valid"):
        action._validate_action_result(answer)
