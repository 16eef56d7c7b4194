"""The services of the node: how they are; Enter opens one."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.types import CSSPathType

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import Role
from quantix_tui.console.machine_here import titled
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.screens.service import Hands, ServiceScreen
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.keybar import KeyBar
from quantix_tui.console.widgets.servicelist import ServiceList
from quantix_tui.host.audit import record
from quantix_tui.host.node_services.control import MachineServices, Services
from quantix_tui.host.node_services.state import Act, Service

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp

READ_EVERY = 2.0
_KEYS = (("Up Down", "Move"), ("Enter", "Details, restart, stop, log"), ("Esc", "Back"))


class OfThisApp:
    """What a service's page needs of the program around it."""

    def __init__(self, app: "ConsoleApp") -> None:
        self._app = app

    async def as_administrator(self, act: "ServiceScreen.Asked") -> None:
        await self._app.administration.do_here(act)

    async def open_log(self, service: Service) -> None:
        from quantix_tui.console.screens.logs import open_logs

        await open_logs(self._app, service.known.subject(service.unit))

    async def record(self, service: Service, act: Act, end: str) -> None:
        access = self._app.guard.access
        await record(f"{act.value} of {service.unit} {end}", user=access.user or "?", line=access.line)


async def open_on(app: "ConsoleApp") -> None:
    title = titled("Services", app.settings, demo=app.demo is not None)
    await app.push_screen(ServicesScreen(MachineServices(), OfThisApp(app), app.clock, title))


class ServicesScreen(Dialogue[None]):
    """Read anew every other second while it is open. Looking is for everybody."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["dialogue.tcss", "services.tcss"]

    def __init__(self, services: Services, hands: Hands, clock: Clock, title: str = "Services") -> None:
        super().__init__(clock)
        self._page_title = title
        self._services = services
        self._hands = hands
        self._shown: Sequence[Service] = ()

    def compose(self) -> ComposeResult:
        yield Box(ServiceList(), KeyBar(_KEYS), title=self._page_title)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(ServiceList))
        self.run_worker(self._watch(), group="watch")

    async def _watch(self) -> None:
        while True:
            try:
                self._show(await self._services.read())
            except QuantixError as error:
                self._fail(error.problem)
            except Exception as error:  # noqa: BLE001 - the worker's border: told in place, with a report kept
                self._fail(fault_problem(error))
                return
            await asyncio.sleep(READ_EVERY)

    def _show(self, services: Sequence[Service]) -> None:
        if not self.is_open:
            return
        self._shown = services
        self.query_one(ServiceList).show(services, "None of the services that matter on a node is installed here.")
        self.query_one(KeyBar).tell("")

    def _fail(self, problem: Problem) -> None:
        if not self.is_open:
            return
        if self._shown:
            self.query_one(KeyBar).tell(f"Not up to date: {problem.message}", Role.WARN)
        else:
            self.query_one(ServiceList).show((), f"{problem.message} {problem.hint}")

    def on_service_list_taken(self, event: ServiceList.Taken) -> None:
        event.stop()
        self.app.push_screen(ServiceScreen(event.service, self._services, self._hands, self.clock))
