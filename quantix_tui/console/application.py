"""The Textual program: a thin host of the screens that owns the gateway, the view and the clock."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from rich.console import RenderableType
from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Event, Key, MouseEvent, Resize
from textual.types import CSSPathType
from textual.worker import Worker

from quantix_tui.cluster.errors import Problem
from quantix_tui.console.access import own_session
from quantix_tui.console.administration import Act, Administration
from quantix_tui.console.clock import Clock
from quantix_tui.console.cluster_acts import ClusterActs
from quantix_tui.console.crash import fatal_problem, fault_problem
from quantix_tui.console.endings import FAULT, LOGIN_PROMPT
from quantix_tui.console.guard import Guard
from quantix_tui.console.lines import Role
from quantix_tui.console.look import Look, look_of
from quantix_tui.console.looks.console import CONSOLE
from quantix_tui.console.once_it_stands import begin_the_rest
from quantix_tui.console.screens.dashboard import DashboardScreen
from quantix_tui.console.view import NodeView, Reading
from quantix_tui.console.watch import NodeWatch
from quantix_tui.host.facts import HostFacts
from quantix_tui.node.gateway.protocol import NodeGateway
from quantix_tui.settings import Settings

if TYPE_CHECKING:
    from quantix_tui.console.demo_hints import DemoHints
    from quantix_tui.console.login_desk import LoginDesk
    from quantix_tui.console.setup import Setup
    from quantix_tui.console.switch import DrawingSwitch

SMALLEST_WIDTH, SMALLEST_HEIGHT = 40, 12
CLOSE_WITHIN = 1.0
SETTLE_WITHIN = 0.1
QUIT_QUESTION = "Quit the console? What you typed here is not kept. What the node has begun goes on by itself."
LOGIN_PROMPT_QUESTION = (
    "Leave this line to its login prompt? The console returns when you have logged out there, "
    "or when nobody logs in for ten minutes."
)


@runtime_checkable
class ViewListener(Protocol):
    """A screen that wants each new view while it is open."""

    def view_changed(self, view: NodeView) -> None: ...


class ConsoleApp(App[None]):
    """Shows the node behind ``gateway``. ``facts`` is what is known of it before it was asked, ``driver`` how
    this terminal is drawn on (Textual's own where None is given), ``look`` what it is drawn in, ``guard`` who may
    change the node from here, ``settings`` where things are, ``desk`` makes what a login needs (on a line),
    ``earlier`` says how the console ended before and may block, ``setup`` what the wizard, opened first, sets up."""

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
        guard: Guard | None = None,
        settings: Settings | None = None,
        desk: "Callable[[], LoginDesk] | None" = None,
        earlier: Callable[[], str] | None = None,
        setup: "Setup | None" = None,
    ) -> None:
        super().__init__(driver_class=driver)
        self.register_theme(look.theme)
        self.theme = look.name
        self.gateway = gateway
        self.demo = demo
        self._switch = switch
        self._earlier = earlier
        self.setup = setup
        self.clock = clock or Clock()
        now = self.clock.monotonic()
        self.view = NodeView(asked_at=now, facts=Reading(facts, now) if facts else None)
        self.node_watch = NodeWatch(gateway, self.view, self._view_changed, fault_problem, self.clock)
        self.guard = guard or Guard(own_session("", administrator=True), self.clock)
        self._away = False
        self.settings = settings or Settings()
        self.cluster = ClusterActs(self)
        self.administration = Administration(self, desk)
        self._dashboard = DashboardScreen(self.view, demo, self.clock, self.guard)
        self._ticker: asyncio.TimerHandle | None = None
        self._typing = False
        """Whether the last key was text for a field: the next one then follows it in the same queue."""

    def get_default_screen(self) -> DashboardScreen:
        return self._dashboard

    async def on_mount(self) -> None:
        if self.setup is not None:
            await self.action_open("wizard")
        # First the dashboard, then the questions: what they need is imported while there is something to read.
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        # A function, not a coroutine: an end that comes before it begins must not complain of one that was lost.
        _: Worker[None] = self.run_worker(self.node_watch.run, group="watch")
        self._tick()
        begin_the_rest(self, self._earlier, self._end_by_fault)

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
        if small and not any(isinstance(screen, SmallScreen) for screen in self.screen_stack):
            self._cover()
        elif isinstance(self.screen, SmallScreen) and not small:
            self.pop_screen()

    def _cover(self) -> None:
        from quantix_tui.console.screens.small import SmallScreen

        self.push_screen(SmallScreen(SMALLEST_WIDTH, SMALLEST_HEIGHT))

    async def on_event(self, event: Event) -> None:
        """Take keys strictly in their order.

        Textual lets a key that a field does not want climb through the queues of all its parents while the next
        keys go straight to the field: what is typed ahead of a slow line would land in the wrong field.
        """
        if isinstance(event, Key | MouseEvent) and (self._exit or self.administration.close_what_is_over()):
            return  # Typed ahead of the end, or meant for an act that was over: nothing is opened any more.
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self.guard.key()
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
        """Lock when it is time, and let what shows ages show them anew."""
        if not self._away:
            self.administration.tick()
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
        self._dashboard.notice((self._switch.hold if self.guard.access.locked else self._switch.keep)(drawing))

    async def action_join(self) -> None:
        await self.as_administrator(self.cluster.join)

    async def action_leave(self) -> None:
        await self.as_administrator(self.cluster.leave)

    async def action_restart(self) -> None:
        await self.as_administrator(self.cluster.restart)

    async def action_cluster(self) -> None:
        """The cluster in one key: in where the node is in none, else all about the one that it is in."""
        status = self.view.status.value if self.view.status else None
        if status is not None and not status.joined:
            await self.action_join()
        else:
            await self.action_details()

    def action_shell(self) -> None:
        from quantix_tui.console.shell import open_shell

        # Not in the queue of the keys: it takes as long as the shell runs.
        self.run_worker(open_shell(self, self.settings.shell), group="shell", exclusive=True)

    @contextmanager
    def away(self) -> Iterator[None]:
        """The terminal is somebody else's meanwhile: as it was found before, and drawn anew afterwards.

        What is done within must not raise: nobody would draw again.
        """
        with self.suspend():
            self._away = True
            yield
            self._away = False
        self.guard.key()

    async def action_open(self, name: str) -> None:
        """Open the feature of this name: :mod:`quantix_tui.console.screens` has a module of each (``open_on``)."""
        from importlib import import_module

        await import_module(f"quantix_tui.console.screens.{name}").open_on(self)

    # Looking is free, changing is for administrators

    async def as_administrator(self, act: Act) -> None:
        """Do it where this session may change the node; on a locked line once an administrator has logged in."""
        await self.administration.do(act)

    async def action_log_in(self) -> None:
        await self.administration.log_in()

    def action_lock(self) -> None:
        self.administration.lock()

    @property
    def changes_on_top(self) -> bool:
        """Whether the node can be changed in what is open."""
        return bool(getattr(self.screen, "CHANGES", False))

    def close_dialogues(self) -> None:
        """All but one that has begun something: everybody may see how that ends."""
        covered = self._covered_by_small()
        if covered:
            self.pop_screen()
        while len(self.screen_stack) > 1 and not getattr(self.screen, "begun", False):
            self.screen.dismiss(None)
        if covered:
            self._cover()

    def notice(self, words: str, role: Role = Role.TEXT, *, stays: bool = False) -> None:
        """Say below the dashboard what an act came to, for a while or until there is something else to say."""
        self._dashboard.notice(words, role, stays=stays)

    def demo_token_used(self, token: str) -> None:
        if self.demo is not None:
            self.demo = self.demo.after_use(token)
            self._dashboard.show_hints(self.demo)

    async def tell_problem(self, title: str, problem: Problem) -> None:
        """Show a problem in a dialogue."""
        from quantix_tui.console.screens.fault import FaultScreen

        await self.push_screen(FaultScreen(title, problem, self.clock))

    # Ending

    async def action_leave_console(self) -> None:
        """Quit; a line of the node is left for its login prompt, and that only after a question."""
        if self.guard.access.line is None:
            self.exit(return_code=0)
        else:
            await self._ask_to_quit(LOGIN_PROMPT_QUESTION, yes="Login prompt", no="Stay")

    async def action_interrupt(self) -> None:
        """Ctrl-C: quits at once where nothing is lost by it, else asks."""
        from quantix_tui.console.screens.confirm import ConfirmScreen

        if isinstance(self.screen, ConfirmScreen):
            self._quit_answered(quit_now=True)
        elif any(getattr(screen, "busy", False) for screen in self.screen_stack):
            await self._ask_to_quit(QUIT_QUESTION, yes="Quit", no="Go on")
        else:
            await self.action_leave_console()

    async def _ask_to_quit(self, question: str, *, yes: str, no: str) -> None:
        from quantix_tui.console.screens.confirm import ConfirmScreen

        await self.push_screen(ConfirmScreen("Quit", question, yes=yes, no=no, clock=self.clock), self._quit_answered)

    def _quit_answered(self, quit_now: bool | None) -> None:
        if quit_now:
            self.exit(return_code=0 if self.guard.access.line is None else LOGIN_PROMPT)

    def _fatal_error(self) -> None:
        """Textual's hook for what nobody caught: its own prints a traceback with the values of variables."""
        self._end_by_fault(self._exception or RuntimeError())

    def panic(self, *renderables: RenderableType) -> None:
        """Textual's other way to end at once. It would leave the exit code 0, and print what it was given."""
        self._end_by_fault(self._exception or RuntimeError())

    def _end_by_fault(self, error: Exception) -> None:
        self._return_code = FAULT
        problem = fatal_problem(error)
        self._exit_renderables[:] = [Text(f"{problem.message}\n{problem.hint}")]
        self._close_messages_no_wait()
