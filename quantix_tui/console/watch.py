"""Keeps the view of the node fresh: every piece is asked for on its own, so that a slow one holds up nothing else."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.console.clock import Clock
from quantix_tui.console.view import NodeView, Reading, Silence, with_reading
from quantix_tui.node.gateway.protocol import DaemonKind, NodeGateway

REFRESH_EVERY = 10.0
"""Seconds (document: "auto-refresh every 10s")."""
REFRESH_AT_MOST = 2.0
"""Seconds between rounds where heartbeats come faster than that."""
FACTS_EVERY = 6
"""Refreshes between two readings of what hardly changes."""
ANSWER_WITHIN = 10.0
EVENTS_SHOWN = 100

TOO_SLOW = Problem(
    ErrorCode.TIMED_OUT,
    f"The node daemon has not answered for {ANSWER_WITHIN:.0f} seconds.",
    "Restart it with R; if that does not help, look at its log (journalctl -u limiquantix-node).",
)


class NodeWatch:
    """Asks the gateway and hands each new view to ``on_change``. :meth:`run` goes on until it is cancelled.

    ``on_fault`` keeps a report of an exception that nobody expected and says where it is.
    """

    def __init__(
        self,
        gateway: NodeGateway,
        view: NodeView,
        on_change: Callable[[NodeView], None],
        on_fault: Callable[[Exception], Problem],
        clock: Clock,
    ) -> None:
        self._gateway = gateway
        self._view = view
        self._on_change = on_change
        self._on_fault = on_fault
        self._clock = clock
        self._wanted = asyncio.Event()
        self._pending: dict[str, asyncio.Task[None]] = {}
        self._facts_owed = True
        """Until they have come: a daemon that has just started is asked for them at once, not a minute later."""

    @property
    def view(self) -> NodeView:
        return self._view

    def refresh(self) -> None:
        """Ask again at once, all of it: an answer to an older question no longer counts."""
        self._facts_owed = True
        for task in self._pending.values():
            task.cancel()
        self._pending.clear()
        self._wanted.set()

    def begin_anew(self) -> None:
        """The node is another one by now: what was known of it is not shown until it has answered again."""
        asked_at = self._clock.monotonic()
        self._set(replace(self._view, asked_at=asked_at, status=None, heard=None, silence=None, facts=None))
        self.refresh()

    async def run(self) -> None:
        rounds = 0
        try:
            while True:
                self._facts_owed = self._facts_owed or rounds % FACTS_EVERY == 0
                self._ask("status", self._status())
                self._ask("metrics", self._metrics())
                self._ask("events", self._events())
                if self._facts_owed:
                    self._ask("facts", self._facts())
                rounds = 0 if await self._wished() else rounds + 1
        finally:
            self.refresh()

    async def _wished(self) -> bool:
        """Wait for the period, or less when somebody wishes it; tell which."""
        self._wanted.clear()
        try:
            async with asyncio.timeout(self._period()):
                await self._wanted.wait()
        except TimeoutError:
            return False
        return True

    def _period(self) -> float:
        """Seconds until the next round: as often as heartbeats come, so that the age shown is the last one's."""
        status = self._view.status
        interval = status.value.heartbeat_interval_secs if status else None
        return REFRESH_EVERY if interval is None else min(REFRESH_EVERY, max(REFRESH_AT_MOST, interval))

    def _ask(self, name: str, question: Coroutine[None, None, None]) -> None:
        """Start a question, unless the same still waits for its answer."""
        running = self._pending.get(name)
        if running is None or running.done():
            self._pending[name] = asyncio.create_task(self._bounded(name, question))
        else:
            question.close()

    async def _bounded(self, name: str, question: Coroutine[None, None, None]) -> None:
        """A piece that cannot be had keeps its last value, which then shows its age; the status tells why."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await question
        except TimeoutError:
            problem = TOO_SLOW
        except QuantixError as error:
            problem = error.problem
        except Exception as error:  # noqa: BLE001 - the border of the watch: it must outlive a fault in one answer
            problem = self._on_fault(error)
        else:
            return
        if name == "status":
            self._silent(problem)
        elif name == "events":
            self._set(replace(self._view, events_problem=problem))

    def _set(self, view: NodeView) -> None:
        self._view = view
        self._on_change(view)

    async def _status(self) -> None:
        status = await self._gateway.status()
        reading = Reading(status, self._clock.monotonic())
        kind = self._gateway.kind
        heard = self._view.heard if kind is DaemonKind.NONE else reading
        self._set(replace(self._view, status=reading, heard=heard, kind=kind, silence=None))

    def _silent(self, problem: Problem) -> None:
        before = self._view.silence
        since = before.since if before is not None else self._clock.monotonic()
        self._set(replace(self._view, silence=Silence(problem, since), kind=self._gateway.kind))

    async def _facts(self) -> None:
        facts = await self._gateway.facts()
        self._facts_owed = False
        self._set(replace(self._view, facts=Reading(facts, self._clock.monotonic())))

    async def _metrics(self) -> None:
        metrics = await self._gateway.metrics()
        reading = Reading(metrics, self._clock.monotonic())
        self._set(replace(self._view, metrics=reading, history=with_reading(self._view.history, reading)))

    async def _events(self) -> None:
        events = tuple(await self._gateway.events(EVENTS_SHOWN))
        self._set(replace(self._view, events=Reading(events, self._clock.monotonic()), events_problem=None))
