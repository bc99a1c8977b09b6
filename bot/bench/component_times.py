"""How long each component of the pipeline takes for a message.

Used by `bot.bench.nlu`.
"""

from __future__ import annotations

import re
import statistics
import time
from collections import defaultdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphNodeHook


class Stopwatch(GraphNodeHook):
    """Rasa calls it before and after each node of the graph."""

    def __init__(self) -> None:
        self.ms: dict[str, list[float]] = defaultdict(list)

    def watch(self, agent: Any) -> None:
        """Time every node that the agent runs from now on."""
        for node in agent.processor.graph_runner._instantiated_nodes.values():
            node._hooks = [self]

    def on_before_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        received_inputs: dict[str, Any],
    ) -> dict[str, Any]:
        return {"start": time.perf_counter()}

    def on_after_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        output: Any,
        input_hook_data: dict[str, Any],
    ) -> None:
        self.ms[node_name].append((time.perf_counter() - input_hook_data["start"]) * 1000)

    def medians(self) -> list[tuple[str, float]]:
        """(component, median milliseconds) of the pipeline, in its order."""
        found = []
        for node, times in self.ms.items():
            # "run_bot.nlu.ngrams.WeightedNgrams7": the place in config.yml ends the name
            name = re.fullmatch(r"run_(?:.*\.)?(\w+?)(\d+)", node)
            if name:
                found.append((int(name[2]), name[1], statistics.median(times)))
        return [(name, ms) for _, name, ms in sorted(found)]
