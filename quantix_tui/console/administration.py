"""Looking is free, changing is for administrators: whoever wants to change something is asked who he is first."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from quantix_tui.console.lines import Role
from quantix_tui.console.machine_here import elsewhere
from quantix_tui.console.tale import Paragraph

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp
    from quantix_tui.console.login_desk import LoginDesk

Act = Callable[[], Awaitable[None]]


class Administration:
    """Opens the login of a locked line, does what was asked for after it, and locks again."""

    def __init__(self, app: "ConsoleApp", desk: "Callable[[], LoginDesk] | None") -> None:
        """``desk`` makes what logins need, where there is a line to log in on."""
        self._app = app
        self._make_desk = desk
        self._desk: LoginDesk | None = None

    async def do(self, act: Act) -> None:
        """Do it at once where this session may, else once an administrator has logged in; or say why not."""
        access = self._app.guard.access
        if access.administrator:
            await act()
        elif access.line is not None:
            await self._ask(act)
        else:
            await self._refuse(f"{access.user} may only look: ask an administrator of this node, or use sudo.")

    async def do_here(self, act: Act) -> None:
        """The same for an act on the machine that the console runs on: not where the node shown is another one."""
        if why := elsewhere(self._app.settings, demo=self._app.demo is not None):
            await self._refuse(why)
        else:
            await self.do(act)

    async def _refuse(self, why: str) -> None:
        """Where it is seen: below the dashboard, or in front of what covers it."""
        app = self._app
        if app.screen.is_modal:
            from quantix_tui.console.screens.page import PageScreen

            await app.push_screen(PageScreen("Not from here", [Paragraph(why, Role.WARN)], app.clock))
        else:
            app.notice(why, Role.WARN)

    async def log_in(self) -> None:
        access = self._app.guard.access
        if access.locked:
            await self._ask(None)
        elif access.line is not None:
            self._app.notice(f"{access.user} is logged in; K locks the console again.")
        else:
            self._app.notice("This session is your own already: nobody has to log in here.")

    async def _ask(self, act: Act | None) -> None:
        from quantix_tui.console.screens.login import LoginScreen

        assert self._make_desk is not None  # noqa: S101 - a line has one
        app = self._app
        desk = self._desk = self._desk or self._make_desk()
        await desk.look()

        async def closed(user: str | None) -> None:
            if user is None:
                return
            app.guard.log_in(user)
            app.tick_now()
            if act is not None:
                await act()

        await app.push_screen(LoginScreen(desk, app.clock), closed)

    def lock(self) -> None:
        access = self._app.guard.access
        if access.line is None:
            self._app.notice("Only a console on a line of the node is locked; Q ends this session.")
        elif not access.locked:
            self._lock("Locked.")

    def tick(self) -> None:
        """Lock when it is time."""
        if (why := self._app.guard.time_to_lock) is not None:
            self._lock(why)

    def close_what_is_over(self) -> bool:
        """On a locked console: what had begun before, and has ended; whether there was something like that.

        It stands there until the next key, for everybody may see how it ended. It may offer to do the same once more.
        """
        app = self._app
        if not app.guard.access.locked or not app.changes_on_top:
            return False
        before = app.screen
        app.close_dialogues()
        return app.screen is not before

    def _lock(self, why: str) -> None:
        app = self._app
        app.guard.lock()
        app.cluster.forget()
        app.close_dialogues()
        app.tick_now()
        app.notice(why)
