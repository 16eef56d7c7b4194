"""A walk through every screen and dialogue of the console, in one run of the program."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.status import ClusterState
from quantix_tui.console.look import Look
from quantix_tui.console.screens import restart
from quantix_tui.host.facts import HostMetrics
from quantix_tui.node.gateway.protocol import DaemonKind
from tests.console.screen import Hands, opened
from tests.console.scripted import CONNECTED, METRICS, PENDING, STANDALONE, Answer, ScriptedGateway
from tests.console.test_dashboard import DISCONNECTED, GONE, LEFT, SILENT
from tests.console.test_join import TOKEN, refused_token, unknown_ca
from tests.console.test_leave_restart import REACHED, REGISTERING, USED
from tests.console.tour_login import login_tour
from tests.console.tour_logs import logs_tour
from tests.console.tour_node import node_tour
from tests.console.tour_services import services_tour
from tests.console.tour_wizard import wizard_tour

REGISTERS = replace(CONNECTED, status=ClusterState.DISCONNECTED, node_id=None, heartbeat_age_secs=None, problem=None)
READ_ONLY = Problem(
    ErrorCode.CONFIG_WRITE_ERROR,
    "The configuration cannot be written: its file system is read-only.",
    "Remount it for writing, then save again.",
    "read_only",
)
HISTORY = [
    (12, 52), (15, 52), (22, 53), (41, 53), (64, 55), (48, 57), (31, 58), (18, 58), (24, 58), (46, 60), (71, 63),
    (88, 66), (62, 69), (35, 70), (52, 71), (38, 71),
]  # fmt: skip
"""CPU and memory in per cent, as a node answers them one after the other."""

Stop = tuple[str, Hands]


class HalfWay(ScriptedGateway):
    """Its checks stop after so many answers, until they may go on."""

    answers_to_come: int | None = None

    def __init__(self, status: Answer) -> None:
        super().__init__(status)
        self.go_on = asyncio.Event()

    async def _call(self, name: str) -> None:
        if name == "check" and self.answers_to_come is not None:
            self.answers_to_come -= 1
            if self.answers_to_come < 0:
                await self.go_on.wait()
        await super()._call(name)


STATES: dict[str, tuple[Answer, DaemonKind, str]] = {
    "standalone": (STANDALONE, DaemonKind.QUANTIX_NODE, "STANDALONE"),
    "restart-needed": (PENDING, DaemonKind.QUANTIX_NODE, "RESTART NEEDED"),
    "registering": (REGISTERS, DaemonKind.QUANTIX_NODE, "Registering with"),
    "disconnected": (DISCONNECTED, DaemonKind.QUANTIX_NODE, "refuses"),
    "removed": (GONE, DaemonKind.QUANTIX_NODE, "removed"),
    "left": (LEFT, DaemonKind.QUANTIX_NODE, "Clean-up pending"),
    "no-daemon": (replace(CONNECTED, status=ClusterState.DISCONNECTED), DaemonKind.NONE, "UNKNOWN"),
    "no-daemon-standalone": (STANDALONE, DaemonKind.NONE, "names no"),
    "older-daemon": (STANDALONE, DaemonKind.LIMIQUANTIX, "limiquantix-node"),
}
"""What the daemon answers, which daemon it is, and what is waited for."""


async def tour(look: Look, size: tuple[int, int]) -> AsyncIterator[Stop]:
    """Stop at each screen: its name, and hands on the program that shows it. Nothing may change it meanwhile."""
    gateway = HalfWay(STANDALONE)
    gateway.holding = {"all"}
    async with opened(gateway, size=size, look=look) as hands:
        await hands.until("asking the node daemon")
        yield "dashboard-asking", hands
        gateway.holding = set()
        gateway.released.set()
        await _load(hands, gateway, [HostMetrics()])
        await hands.until("STANDALONE")
        async for stop in _states(hands, gateway):
            yield stop
        async for stop in _pages(hands):
            yield stop
        async for stop in node_tour(hands):
            yield stop
        async for stop in _leaving(hands, gateway):
            yield stop
        async for stop in _joining(hands, gateway):
            yield stop
        async for stop in _restarting(hands, gateway):
            yield stop
    for further in (login_tour, logs_tour, services_tour, wizard_tour):
        async for stop in further(look, size):
            yield stop


async def _load(hands: Hands, gateway: ScriptedGateway, answers: Sequence[HostMetrics]) -> None:
    """Let the console read these figures one after the other."""
    for answer in answers:
        gateway.metrics_answer = answer
        hands.wait(10)
        hands.app.action_refresh_view()
        while not (metrics := hands.app.view.metrics) or metrics.value is not answer:
            await hands.pilot.pause(0.001)


async def _refreshed(hands: Hands, gateway: ScriptedGateway, answer: Answer, kind: DaemonKind, shown: str) -> None:
    gateway.status_answer, gateway.kind = answer, kind
    hands.app.action_refresh_view()
    await hands.until(shown)


async def _states(hands: Hands, gateway: ScriptedGateway) -> AsyncIterator[Stop]:
    figures = [replace(METRICS, cpu_usage_percent=cpu, memory_usage_percent=memory) for cpu, memory in HISTORY]
    await _load(hands, gateway, [replace(METRICS, cpu_usage_percent=97, memory_usage_percent=82)])
    yield "dashboard-standalone-under-load", hands
    await _load(hands, gateway, figures)
    for name, (answer, kind, shown) in STATES.items():
        await _refreshed(hands, gateway, answer, kind, shown)
        yield f"dashboard-{name}", hands
    await _refreshed(hands, gateway, CONNECTED, DaemonKind.QUANTIX_NODE, "CONNECTED ")
    yield "dashboard-connected", hands
    await _refreshed(hands, gateway, SILENT, DaemonKind.QUANTIX_NODE, "Last seen")
    hands.wait(200)
    yield "dashboard-daemon-died", hands
    await _refreshed(hands, gateway, CONNECTED, DaemonKind.QUANTIX_NODE, "CONNECTED ")


async def _pages(hands: Hands) -> AsyncIterator[Stop]:
    for key, name, shown in (("question_mark", "help", "every value whole"), ("enter", "details", "System  ")):
        await hands.press(key)
        await hands.until(shown)
        yield name, hands
        await hands.press("escape")
        await hands.until("THIS NODE")
    await hands.press("e")
    await hands.until("Whole")
    await hands.press("down", "down")
    yield "events", hands
    await hands.press("enter")
    await hands.until("Category")
    yield "event", hands
    await hands.press("escape", "escape")
    await hands.until("THIS NODE")


async def _leaving(hands: Hands, gateway: ScriptedGateway) -> AsyncIterator[Stop]:
    await hands.press("l")
    await hands.until("Stay")
    yield "leave", hands
    gateway.leave_answer = replace(STANDALONE, restart_required=True, instance_id="two")
    await hands.press("right")
    yield "leave-chosen", hands
    await hands.press("enter")
    await hands.until("This node has left vdc.example.com:8443.")
    yield "leave-done", hands
    gateway.status_answer = STANDALONE
    await hands.press("escape")
    await hands.until("runs on its own")


async def _joining(hands: Hands, gateway: HalfWay) -> AsyncIterator[Stop]:
    await hands.press("j")
    await hands.until("Esc  back")
    yield "join-empty", hands
    await hands.type("vdc.example.com")
    await hands.press("tab")
    await hands.type(TOKEN)
    yield "join-typed", hands
    gateway.answers_to_come = 4
    await hands.press("enter")
    await hands.until("0.2 ms")
    hands.wait(2)
    await hands.until("asking who it is")
    yield "join-half-way", hands
    gateway.go_on.set()
    await hands.until("All checks passed")
    yield "join-ready", hands
    gateway.join_answer = READ_ONLY
    await hands.press("enter")
    await hands.until("Nothing was saved")
    yield "join-save-failed", hands
    for name, checks, shown in (
        ("join-failed", refused_token(), "Ask your vDC administrator"),
        ("join-compare", unknown_ca(), "Does it match"),
    ):
        gateway.checks = checks
        await hands.press("enter")
        await hands.until(shown)
        yield name, hands
        await hands.press("escape", "j")
        await hands.until("Esc  back")
    await hands.press("ctrl+c")
    await hands.until("Go on")
    yield "quit", hands
    await hands.press("escape", "escape")
    await hands.until("THIS NODE")


async def _restarting(hands: Hands, gateway: ScriptedGateway) -> AsyncIterator[Stop]:
    await _refreshed(hands, gateway, PENDING, DaemonKind.QUANTIX_NODE, "RESTART NEEDED")
    await hands.press("r")
    await hands.until("Restart now")
    yield "restart-asked", hands
    gateway.status_answer = REGISTERING
    await hands.press("right", "enter")
    await hands.until("Registering with")
    yield "restart-followed", hands
    gateway.status_answer = replace(REGISTERING, problem=USED)
    await hands.until("Ask for a new one.")
    yield "restart-failed", hands
    gateway.status_answer = REACHED
    await hands.press("right", "enter")
    await hands.until("acknowledges the heartbeats")
    yield "restart-reached", hands


def without_waiting(patch: pytest.MonkeyPatch) -> None:
    """Nothing here takes the time that it takes on a node."""
    patch.setattr(restart, "POLL_EVERY", 0.01)
