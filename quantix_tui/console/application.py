"""The Textual program: a thin host of the screens that owns the gateway, the view and the clock."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from rich.console import RenderableType
from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Event, Key, Resize
from textual.types import CSSPathType
from textual.worker import Worker

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fatal_problem, fault_problem
from quantix_tui.console.draft import Draft
from quantix_tui.console.lines import Role
from quantix_tui.console.look import Look, look_of
from quantix_tui.console.looks.console import CONSOLE
from quantix_tui.console.screens.dashboard import DashboardScreen
from quantix_tui.console.tale import MISSED_ROUTE, short_address
from quantix_tui.console.view import NodeView, Reading
from quantix_tui.console.watch import NodeWatch
from quantix_tui.host.facts import HostFacts
from quantix_tui.node.gateway.protocol import DaemonKind, NodeGateway

if TYPE_CHECKING:
    from quantix_tui.console.demo_hints import DemoHints
    from quantix_tui.console.screens.join import Joined
    from quantix_tui.console.switch import DrawingSwitch

SCREEN_STYLES = Path(__file__).with_name("screens")
SMALLEST_WIDTH, SMALLEST_HEIGHT = 40, 12
CLOSE_WITHIN = 1.0
SETTLE_WITHIN = 0.1
WARM_UP_AFTER = 0.5

NO_JOIN_ROUTE = Problem(
    ErrorCode.NOT_SUPPORTED,
    f"{MISSED_ROUTE} What answers is the older limiquantix-node, which has no way in for a join.",
    "Add this node from the vDC instead (Hosts > Add host), or update Quantix-OS and join from here.",
    "no_join_route",
)


@runtime_checkable
class ViewListener(Protocol):
    """A screen that wants each new view while it is open."""

    def view_changed(self, view: NodeView) -> None: ...


class ConsoleApp(App[None]):
    """Shows the node behind ``gateway``. ``facts`` is what is known of it before it was asked, ``driver`` how
    this terminal is drawn on (Textual's own where None is given), ``look`` what it is drawn in."""

    TITLE = "Quantix node console"
    CSS_PATH: ClassVar[CSSPathType | None] = ["styles/console.tcss", "screens/dashboard.tcss"]
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "interrupt", show=False, priority=True),
        Binding("ctrl+l", "repaint", show=False, priority=True),
        Binding("f1", "help", show=False),
    ]

    def __init__(
        self,
        gateway: NodeGateway,
        *,
        demo: "DemoHints | None" = None,
        facts: HostFacts | None = None,
        clock: Clock | None = None,
        driver: type[Driver] | None = None,
        look: Look = CONSOLE,
        switch: "DrawingSwitch | None" = None,
    ) -> None:
        super().__init__(driver_class=driver)
        self.register_theme(look.theme)
        self.theme = look.name
        self.gateway = gateway
        self.demo = demo
        self._switch = switch
        self.clock = clock or Clock()
        now = self.clock.monotonic()
        self.view = NodeView(asked_at=now, facts=Reading(facts, now) if facts else None)
        self.node_watch = NodeWatch(gateway, self.view, self._view_changed, fault_problem, self.clock)
        self.draft = Draft()
        self._dashboard = DashboardScreen(self.view, demo, self.clock)
        self._ticker: asyncio.TimerHandle | None = None
        self._typing = False
        """Whether the last key was text for a field: the next one then follows it in the same queue."""

    def get_default_screen(self) -> DashboardScreen:
        return self._dashboard

    def on_mount(self) -> None:
        # First the dashboard, then the questions: what they need is imported while there is something to read.
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        # Functions, not coroutines: an end that comes before they begin must not complain of one that was lost.
        _: Worker[None] = self.run_worker(self.node_watch.run, group="watch")
        self._tick()
        _ = self.run_worker(self._warm_up, group="warm-up")

    async def _warm_up(self) -> None:
        """Import the dialogues and read their styles while nobody waits: the first key then answers like the second."""
        from importlib import import_module

        await asyncio.sleep(WARM_UP_AFTER)
        for name in ("dialogue", "join", "restart", "leave", "help", "details", "events"):
            import_module(f"quantix_tui.console.screens.{name}")
            await asyncio.sleep(0.02)
        self.stylesheet.read_all([SCREEN_STYLES / f"{name}.tcss" for name in ("dialogue", "join", "events")])
        self.stylesheet.reparse()

    async def on_unmount(self) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await self.gateway.close()
        except TimeoutError:
            return

    def on_resize(self, event: Resize) -> None:
        """Below the smallest size one sentence covers everything; it goes when there is room again."""
        from quantix_tui.console.screens.small import SmallScreen

        small = event.size.width < SMALLEST_WIDTH or event.size.height < SMALLEST_HEIGHT
        covered = any(isinstance(screen, SmallScreen) for screen in self.screen_stack)
        if small and not covered:
            self.push_screen(SmallScreen(SMALLEST_WIDTH, SMALLEST_HEIGHT))
        elif isinstance(self.screen, SmallScreen) and not small:
            self.pop_screen()

    async def on_event(self, event: Event) -> None:
        """Take keys strictly in their order.

        Textual lets a key that a field does not want climb through the queues of all its parents while the next
        keys go straight to the field: what is typed ahead of a slow line would land in the wrong field.
        """
        if isinstance(event, Key) and self._exit:
            return  # Typed ahead of the end: nothing is opened any more that would not be there in a moment.
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
            return
        if self._covered_by_small():
            await self._type_unseen(event)
            return
        focused = self.focused
        is_text = focused is not None and focused.check_consume_key(event.key, event.character)
        if not (is_text and self._typing):
            await self._settle()
        self._typing = is_text
        if is_text or not await self._check_bindings(event.key):
            await super().on_event(event)

    def _covered_by_small(self) -> bool:
        from quantix_tui.console.screens.small import SmallScreen

        return isinstance(self.screen, SmallScreen)

    async def _type_unseen(self, key: Key) -> None:
        """A window that was made too small under somebody's hands: what he types goes on into the field.

        Nothing else does: no choice is taken that cannot be seen.
        """
        from quantix_tui.console.widgets.field import Field

        field = self.screen_stack[-2].focused
        if isinstance(field, Field) and key.is_printable and key.character:
            field.insert_text_at_cursor(key.character)
        elif isinstance(field, Field) and key.key == "backspace":
            field.action_delete_left()
        elif not await self._check_bindings(key.key, priority=True):
            await super().on_event(key)

    async def _settle(self) -> None:
        """Wait until what has the focus, and the screen around it, have dealt with the keys before this one."""
        for node in (self.focused or self.screen).ancestors_with_self:
            if node is self:
                return
            dealt = asyncio.Event()
            if node.call_later(dealt.set):
                try:
                    async with asyncio.timeout(SETTLE_WITHIN):
                        await dealt.wait()
                except TimeoutError:
                    return

    # The node

    def _view_changed(self, view: NodeView) -> None:
        self.view = view
        self._dashboard.show(view)
        for screen in self.screen_stack:
            if isinstance(screen, ViewListener):
                screen.view_changed(view)

    def tick_now(self) -> None:
        """Let what shows ages show them anew."""
        self._dashboard.tick()

    def _tick(self) -> None:
        """Once a second. A plain timer of the event loop: one of Textual's costs several times as much."""
        self.tick_now()
        self._ticker = asyncio.get_running_loop().call_later(1.0, self._tick)

    # The keys (:data:`quantix_tui.console.keys.KEY_MAP`)

    async def action_help(self) -> None:
        from quantix_tui.console.screens.dialogue import Dialogue
        from quantix_tui.console.screens.help import HelpScreen

        if self.screen.is_modal and not isinstance(self.screen, Dialogue):
            return  # Too small for the help as well.
        if not isinstance(self.screen, HelpScreen):
            await self.push_screen(HelpScreen(self.clock, self.demo, look_of(self)))

    async def action_details(self) -> None:
        from quantix_tui.console.screens.details import DetailsScreen

        await self.push_screen(DetailsScreen(self.view, self.clock))

    async def action_events(self) -> None:
        from quantix_tui.console.screens.events import EventsScreen

        await self.push_screen(EventsScreen(self.view, self.clock))

    def action_refresh_view(self) -> None:
        self._dashboard.notice("")
        self.node_watch.refresh()

    def action_repaint(self) -> None:
        """Draw everything anew and send all of it: something else may have written on the terminal."""
        from quantix_tui.console.driver.driver import TerminalDriver

        if isinstance(self._driver, TerminalDriver):
            self._driver.repaint()
        self.refresh(repaint=True, layout=True)
        self.screen.refresh(repaint=True, layout=True)

    def action_switch_drawing(self) -> None:
        """Rich or plain: for a terminal that shows something else than was found out about it."""
        from quantix_tui.console.driver.driver import TerminalDriver
        from quantix_tui.console.look import look_for

        if self._switch is None or not isinstance(self._driver, TerminalDriver):
            return
        drawing = self._switch.turn()
        look = look_for(self._switch.profile)
        self._driver.become(self._switch.profile)
        self.register_theme(look.theme)
        self.theme = look.name
        self.action_repaint()
        said = f"Drawn {drawing.value} from now on, on lines of this kind; P turns it back."
        try:
            self._switch.keep()
        except OSError as error:
            said = f"Drawn {drawing.value} now; it could not be kept for the next time: {error.strerror}."
        self._dashboard.notice(said)

    async def action_join(self) -> None:
        status = self.view.status.value if self.view.status else None
        if self.view.kind is DaemonKind.LIMIQUANTIX:
            await self.tell_problem("Join a cluster", NO_JOIN_ROUTE)
            return
        if status is not None and status.joined:
            place = short_address(status.control_plane_address or "a cluster")
            self._dashboard.notice(f"This node belongs to {place} already: L leaves it first.", Role.WARN)
            return
        from quantix_tui.console.screens.join import JoinScreen

        screen = JoinScreen(self.gateway, self.draft, self.clock, self.demo)

        async def closed(joined: "Joined | None") -> None:
            self.draft = screen.draft
            await self._join_closed(joined)

        await self.push_screen(screen, closed)

    async def _join_closed(self, joined: "Joined | None") -> None:
        self.node_watch.refresh()
        if joined is None:
            return
        if self.demo is not None and joined.demo_token is not None:
            self.demo = self.demo.after_use(joined.demo_token)
            self._dashboard.show_hints(self.demo)
        if joined.restart:
            await self._restart(joined=True)
        else:
            self._dashboard.notice(f"Saved for {joined.address}. R restarts the node daemon.", Role.GOOD)

    async def action_leave(self) -> None:
        status = self.view.status.value if self.view.status else None
        if status is not None and not status.joined:
            self._dashboard.notice("This node belongs to no cluster: there is nothing to leave.", Role.WARN)
            return
        from quantix_tui.console.screens.leave import LeaveScreen

        address = status.control_plane_address if status else None
        await self.push_screen(LeaveScreen(self.gateway, address, self.clock), self._leave_closed)

    async def _leave_closed(self, result: str | None) -> None:
        self.node_watch.refresh()
        if result == "restart":
            await self._restart(joined=False)

    async def action_restart(self) -> None:
        from quantix_tui.console.screens.restart import RestartScreen

        await self.push_screen(RestartScreen(self.gateway, self.view, self.clock), self._restart_closed)

    async def _restart(self, *, joined: bool) -> None:
        """Without asking once more, after a join or a leave; ``joined`` is what was saved."""
        from quantix_tui.console.screens.restart import RestartScreen

        screen = RestartScreen(self.gateway, self.view, self.clock, saved=joined)
        await self.push_screen(screen, self._restart_closed)

    async def _restart_closed(self, result: str | None) -> None:
        self.node_watch.refresh()
        if result == "leave":
            await self.action_leave()

    async def tell_problem(self, title: str, problem: Problem) -> None:
        """Show a problem in a dialogue."""
        from quantix_tui.console.screens.fault import FaultScreen

        await self.push_screen(FaultScreen(title, problem, self.clock))

    # Ending

    def action_leave_console(self) -> None:
        self.exit(return_code=0)

    async def action_interrupt(self) -> None:
        """Ctrl-C: quits at once where nothing is lost by it, else asks."""
        from quantix_tui.console.screens.confirm import ConfirmScreen
        from quantix_tui.console.screens.dialogue import Dialogue

        if isinstance(self.screen, ConfirmScreen):
            self.exit(return_code=0)
        elif any(isinstance(screen, Dialogue) and screen.busy for screen in self.screen_stack):
            question = "Quit the console? What you typed here is not kept. What the node has begun goes on by itself."
            confirm = ConfirmScreen("Quit", question, yes="Quit", no="Go on", clock=self.clock)
            await self.push_screen(confirm, self._quit_answered)
        else:
            self.exit(return_code=0)

    def _quit_answered(self, quit_now: bool | None) -> None:
        if quit_now:
            self.exit(return_code=0)

    def _fatal_error(self) -> None:
        """Textual's hook for what nobody caught: its own prints a traceback with the values of variables."""
        self._end_by_fault(self._exception or RuntimeError())

    def panic(self, *renderables: RenderableType) -> None:
        """Textual's other way to end at once. It would leave the exit code 0, and print what it was given."""
        self._end_by_fault(self._exception or RuntimeError())

    def _end_by_fault(self, error: Exception) -> None:
        self._return_code = 1
        problem = fatal_problem(error)
        self._exit_renderables[:] = [Text(f"{problem.message}\n{problem.hint}")]
        self._close_messages_no_wait()
