"""What is asked of the node, and when once more."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from quantix_tui.console import watch
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.view import NodeView
from quantix_tui.console.watch import TOO_SLOW, NodeWatch
from tests.console.scripted import FACTS, ScriptedGateway


async def test_a_daemon_that_was_away_is_asked_for_its_facts_as_soon_as_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "REFRESH_EVERY", 0.01)
    gateway = ScriptedGateway()
    views: list[NodeView] = []
    node_watch = NodeWatch(gateway, NodeView(asked_at=0.0), views.append, fault_problem, Clock())
    running = asyncio.create_task(node_watch.run())
    try:
        async with asyncio.timeout(10.0):
            await until(lambda: name(node_watch) == FACTS.hostname)
            gateway.facts_answer = TOO_SLOW
            node_watch.refresh()
            asked = gateway.calls.count("facts")
            await until(lambda: gateway.calls.count("facts") > asked)
            gateway.facts_answer = replace(FACTS, hostname="node1")
            rounds = gateway.calls.count("metrics")
            await until(lambda: name(node_watch) == "node1")
            assert gateway.calls.count("metrics") - rounds < watch.FACTS_EVERY
    finally:
        running.cancel()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - it comes from another task
        await asyncio.sleep(0)


def name(node_watch: NodeWatch) -> str:
    facts = node_watch.view.facts
    return facts.value.hostname if facts else ""
