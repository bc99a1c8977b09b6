"""The whole bot in one process, without servers or files: for replay, tests and the bench.

Steps 2 to 8 of the message path; the actions run here instead of behind HTTP.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa_sdk.executor import ActionExecutor

from bot.model_files import NoModel, newest_model


class InProcessActions:
    """Stands in for the action server's HTTP endpoint."""

    kwargs: Mapping[str, Any] = {"enable_selective_domain": True}

    def __init__(self) -> None:
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, json: dict[str, Any], **_: Any) -> Any:
        """What RemoteAction posts, and what the action server would answer."""
        return await self._executor.run(json)


def load_agent(model: Path | None = None) -> Agent:
    """A bot that keeps its conversations in memory.

    Raises:
        NoModel: `model` is not given and models/ holds none, or the file does not exist.
    """
    model = model or newest_model()
    if not model.is_file():
        raise NoModel(f"{model} does not exist.")
    _quiet()
    with warnings.catch_warnings():
        # Rasa greets every domain with a warning about what version 3.0 removed.
        warnings.simplefilter("ignore")
        return Agent.load(str(model), action_endpoint=InProcessActions())


def _quiet() -> None:
    """Keep Rasa's own remarks off standard output, where results go."""
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    for name in ("rasa", "rasa_sdk", "apscheduler", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
