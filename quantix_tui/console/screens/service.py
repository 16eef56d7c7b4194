"""One service in full, and what can be done with it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from textual.app import ComposeResult

from quantix_tui.cluster import spans
from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.console import words
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import BLANK, Role, hanging
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.screens.serviceact import ServiceActScreen
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.console.widgets.servicelist import MARKS
from quantix_tui.host.node_services.control import Services
from quantix_tui.host.node_services.state import Act, Run, Service, acts

READ_EVERY = 2.0


class Hands(Protocol):
    """What the page asks of the program around it."""

    async def as_administrator(self, act: Callable[[], Awaitable[None]]) -> None: ...

    async def open_log(self, service: Service) -> None: ...

    async def record(self, service: Service, act: Act, end: str) -> None:
        """For the machine's own log."""
        ...


class ServiceScreen(Dialogue[None]):
    """Looking is free; an act opens a dialogue of its own, for administrators."""

    Asked = Callable[[], Awaitable[None]]

    def __init__(self, service: Service, services: Services, hands: Hands, clock: Clock) -> None:
        super().__init__(clock)
        self._service = service
        self._services = services
        self._hands = hands
        self._note = ""

    def compose(self) -> ComposeResult:
        yield Box(Sentences(), Choices(aside="Esc  back"), title=self._service.name)

    def on_mount(self) -> None:
        self._tell()
        self.set_focus(self.query_one(Choices))
        self.run_worker(self._watch(), group="watch")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(READ_EVERY)
            await self._read()

    async def _read(self) -> None:
        try:
            read = await self._services.read()
        except QuantixError as error:
            self._note = f"Not up to date: {error.problem.message}"
        except Exception as error:  # noqa: BLE001 - the worker's border: told in place, with a report kept
            self._note = fault_problem(error).message
        else:
            self._note = ""
            self._service = next((one for one in read if one.unit == self._service.unit), self._service)
        self._tell()

    def _tell(self) -> None:
        if not self.is_open:
            return
        note: list[Told] = [BLANK, Paragraph(self._note, Role.WARN)] if self._note else []
        self.query_one(Sentences).tell([*service_lines(self._service), *note])
        choices = self.query_one(Choices)
        offers = [Choice("close", "Close"), Choice("log", "Its log")]
        offers[1:1] = [Choice(act.value, act.value.capitalize()) for act in acts(self._service)]
        if [offer.label for offer in offers] != choices.labels():
            choices.offer(offers)

    async def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        match event.key:
            case "close":
                self.dismiss(None)
            case "log":
                await self._hands.open_log(self._service)
            case key:
                await self._hands.as_administrator(lambda: self._ask(Act(key)))

    async def _ask(self, act: Act) -> None:
        await self.app.push_screen(
            ServiceActScreen(self._service, act, self._services, self._hands.record, self.clock), self._asked
        )

    def _asked(self, _: object) -> None:
        self.run_worker(self._read(), group="read")


def service_lines(service: Service) -> list[Told]:
    state = service.state
    role = MARKS[state.run][1]
    since = f"  for {spans.short(state.age)}" if state.age is not None else ""
    boot = {True: "yes", False: "no", None: ""}[state.at_boot]
    rows = {
        "Process": str(state.pid) if state.pid else "",
        "Memory": words.size(state.memory) if state.memory else "",
        "Unit": service.unit,
        "At boot": boot,
        "Last end": harmless(state.why),
    }
    told: list[Told] = [
        Paragraph(f"{service.known.what[0].upper()}{service.known.what[1:]}."),
        BLANK,
        ((f"{'State':<10}", Role.DIM), (state.run.value, role), (since, Role.DIM)),
    ]
    for label, value in rows.items():
        if value:
            told.append(_row(label, value))
    if state.run is Run.MISSING:
        told += [BLANK, Paragraph("It is not installed on this node.", Role.WARN)]
    return told


def _row(label: str, value: str) -> Told:
    return lambda width: hanging((f"{label:<10}", Role.DIM), value, width)
