"""Restart, start or stop a service: asked once with what it means, then followed until it is so, or why not."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from textual.app import ComposeResult

from quantix_tui.cluster import spans
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.host.logs.entry import Entry
from quantix_tui.host.node_services.control import Services
from quantix_tui.host.node_services.state import Act, Run, Service, consequence

LOOK_EVERY = 0.5
STAYS_FOR = 2.0
"""Seconds for which a service has to stay what it has become: many end a moment after their start."""
SETTLE_WITHIN = 20.0

Record = Callable[[Service, Act, str], Awaitable[None]]

_DOING = {Act.RESTART: "restarting", Act.START: "starting", Act.STOP: "stopping"}
_DONE = {Act.RESTART: "has been restarted", Act.START: "has been started", Act.STOP: "has been stopped"}


class ServiceActScreen(Dialogue[None]):
    """Esc stops following, never what was ordered."""

    CHANGES = True

    def __init__(self, service: Service, act: Act, services: Services, record: Record, clock: Clock) -> None:
        super().__init__(clock)
        self._service = service
        self._act = act
        self._services = services
        self._record = record
        self._began: float | None = None
        self._over = False

    @property
    def busy(self) -> bool:
        return self.begun

    @property
    def begun(self) -> bool:
        return self._began is not None and not self._over

    def compose(self) -> ComposeResult:
        title = f"{self._act.value.capitalize()}: {self._service.name}"
        yield Box(Sentences(), Choices(aside="Esc  back"), title=title)

    def on_mount(self) -> None:
        name, act = self._service.name, self._act.value.capitalize()
        self._say([Paragraph(f"{act} {name}? {consequence(self._service, self._act)}".strip())])
        # The harmless one first.
        self._choices.offer((Choice("close", "Cancel"), Choice("now", f"{act} now")))
        self.set_focus(self._choices)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        if event.key == "now":
            self._began = self.clock.monotonic()
            self._over = False
            self._choices.offer((Choice("close", "Stop following"),))
            self.run_worker(self._carry_out(), group="act", exclusive=True)
        else:
            self.dismiss(None)

    async def _carry_out(self) -> None:
        # The program's worker, not the dialogue's: what was ordered runs to its end although nobody follows it.
        order = self.app.run_worker(self._order(), group="order")
        try:
            while not order.is_finished:
                await self._look()
                await asyncio.sleep(LOOK_EVERY)
            if order.result is not None:
                await self._fail(order.result)
                return
            await self._settle()
        except QuantixError as error:
            await self._fail(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            await self._fail(fault_problem(error))
        else:
            self._end([Paragraph(f"{self._service.name} {_DONE[self._act]}.", Role.GOOD)], again=False)

    async def _order(self) -> Problem | None:
        try:
            await self._record(self._service, self._act, "ordered")
            await self._services.act(self._service, self._act)
        except QuantixError as error:
            await self._record(self._service, self._act, "failed")
            return error.problem
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            return fault_problem(error)
        await self._record(self._service, self._act, "done")
        return None

    async def _look(self) -> None:
        # What it is meanwhile need not be known: the order's own end is what counts.
        with contextlib.suppress(QuantixError):
            read = await self._services.read()
            self._service = next((one for one in read if one.unit == self._service.unit), self._service)
        passed = self.clock.monotonic() - (self._began or 0.0)
        told = (
            f"{self._service.name}: {_DOING[self._act]} ({spans.short(passed)}); it is {self._service.state.run.value}."
        )
        self._say([Paragraph(told, Role.WARN)])

    async def _settle(self) -> None:
        """Wait until it is what it should be, and stays so. Raises :class:`QuantixError`."""
        loop = asyncio.get_running_loop()
        end, good_since = loop.time() + SETTLE_WITHIN, None
        while loop.time() < end:
            await self._look()
            run = self._service.state.run
            if not self._is_well(run):
                good_since = None
                if run in (Run.FAILED, Run.STOPPED):
                    break
            elif good_since is None:
                good_since = loop.time()
            elif loop.time() - good_since >= STAYS_FOR:
                return
            await asyncio.sleep(LOOK_EVERY)
        state = self._service.state
        why = f": {state.why}" if state.why else ""
        raise QuantixError(
            Problem(
                ErrorCode.MACHINE_REFUSED,
                f"{self._service.name} is {state.run.value} after the {self._act.value}{why}.",
                "Its log says more.",
                "service_not_well",
            )
        )

    def _is_well(self, run: Run) -> bool:
        # What failed while it stopped has stopped all the same.
        return run in (Run.STOPPED, Run.FAILED) if self._act is Act.STOP else run.is_up

    async def _fail(self, problem: Problem) -> None:
        lines: Sequence[Entry] = ()
        with contextlib.suppress(QuantixError):
            lines = await self._services.last_words(self._service)
        told: list[Told] = [Paragraph(problem.message, Role.BAD), Paragraph(problem.hint)]
        if lines:
            told += [BLANK, (("The last lines of its log:", Role.DIM),)]
            told += [Paragraph(harmless(entry.message, 300), mark=_clock(entry)) for entry in lines]
        self._end(told, again=True)

    def _end(self, told: list[Told], *, again: bool) -> None:
        self._over = True
        if not self.is_open:
            return
        self._say(told)
        more = (Choice("now", f"{self._act.value.capitalize()} again"),) if again else ()
        self._choices.offer((Choice("close", "Close"), *more))
        self.set_focus(self._choices)

    def _say(self, told: list[Told]) -> None:
        if self.is_open:
            self.query_one(Sentences).tell(told)

    @property
    def _choices(self) -> Choices:
        return self.query_one(Choices)


def _clock(entry: Entry) -> str:
    return f"{entry.time:%H:%M:%S}" if entry.time else ""
