"""The console itself for ``tests.bench.wire``: dashboard, tick, events, join form."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from quantix_tui.console.application import ConsoleApp
from quantix_tui.console.clock import Clock
from quantix_tui.console.look import look_for
from quantix_tui.console.terminal import TerminalProfile
from quantix_tui.node.gateway.protocol import NodeEvent
from tests.bench.wire import Scenario, Step, Type
from tests.console.scripted import CONNECTED, EVENTS, FACTS, STANDALONE, ScriptedGateway

RATIO = 1.15
ESC, DOWN, PAGE_UP, PAGE_DOWN = b"\x1b", b"\x1b[B", b"\x1b[5~", b"\x1b[6~"


class World:
    """The console's node and its time, which only moves when a step says so."""

    def __init__(self, profile: TerminalProfile) -> None:
        self.passed = 0.0
        self.gateway = ScriptedGateway(CONNECTED)
        older = (
            NodeEvent(str(-n), f"2026-03-02T07:{n % 60:02}:13Z", "info", "system", f"event number {n}")
            for n in range(80)
        )
        self.gateway.events_answer = [*EVENTS, *older]
        start = datetime(2026, 3, 2, 9, 41, 2, tzinfo=UTC)
        clock = Clock(lambda: self.passed, lambda: start + timedelta(seconds=self.passed))
        self.console = ConsoleApp(self.gateway, facts=FACTS, clock=clock, look=look_for(profile))

    def second(self, *_: Any) -> None:
        self.passed += 1.0

    def standalone(self, *_: Any) -> None:
        self.gateway.status_answer = STANDALONE
        self.console.action_refresh_view()


def keys(data: bytes) -> Callable[[Type], None]:
    return lambda type_: type_(data)


def nothing(_: Type) -> None:
    return


def scenario(profile: TerminalProfile) -> Scenario:
    world = World(profile)
    steps = [
        Step("first dashboard", nothing, ratio=RATIO),
        Step("a second passes, a heartbeat's age", world.second, limit=24),
        Step("nothing changes", nothing, silent=True),
        Step("opening the events", keys(b"e"), ratio=RATIO),
        Step("to the end of the page", keys(PAGE_DOWN), ratio=RATIO),
        Step("list scrolled by one", keys(DOWN), ratio=RATIO),
        Step("list scrolled by a page", keys(PAGE_DOWN), ratio=RATIO),
        Step("list scrolled back by a page", keys(PAGE_UP), ratio=RATIO),
        Step("back to the dashboard", keys(ESC), ratio=RATIO),
        Step("another state of the cluster", world.standalone, ratio=RATIO),
        Step("opening the join form", keys(b"j"), limit=1536, ratio=RATIO),
        Step("a typed character", keys(b"v"), limit=24),
        Step("another", keys(b"d"), limit=24),
        Step("one taken back", keys(b"\x7f"), limit=24),
        Step("Tab in the form", keys(b"\t"), ratio=RATIO),
        Step("a character of the token", keys(b"Q"), limit=24),
        Step("back from the form", keys(ESC), ratio=RATIO),
    ]
    return Scenario(world.console, steps)
