"""What an administrator does to the node's membership: join, leave, restart the node daemon, one after the other."""

from typing import TYPE_CHECKING

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.console.draft import Draft
from quantix_tui.console.lines import Role
from quantix_tui.console.tale import MISSED_ROUTE, short_address
from quantix_tui.node.gateway.protocol import DaemonKind

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp
    from quantix_tui.console.screens.join import Joined

NO_JOIN_ROUTE = Problem(
    ErrorCode.NOT_SUPPORTED,
    f"{MISSED_ROUTE} What answers is the older limiquantix-node, which has no way in for a join.",
    "Add this node from the vDC instead (Hosts > Add host), or update Quantix-OS and join from here.",
    "no_join_route",
)


class ClusterActs:
    """Opens the dialogues and goes from one to the next."""

    def __init__(self, app: "ConsoleApp") -> None:
        self._app = app
        self._draft = Draft()

    @property
    def draft(self) -> Draft:
        """What was typed into the join form, for when it is opened again."""
        return self._draft

    def forget(self) -> None:
        """Nobody else is to find what was typed."""
        self._draft = Draft()

    async def join(self) -> None:
        app = self._app
        if app.view.kind is DaemonKind.LIMIQUANTIX:
            await app.tell_problem("Join a cluster", NO_JOIN_ROUTE)
            return
        status = app.view.status.value if app.view.status else None
        if status is not None and status.joined:
            place = short_address(status.control_plane_address or "a cluster")
            app.notice(f"This node belongs to {place} already: L leaves it first.", Role.WARN)
            return
        from quantix_tui.console.screens.join import JoinScreen

        screen = JoinScreen(app.gateway, self._draft, app.clock, app.demo)

        async def closed(joined: "Joined | None") -> None:
            # Closed by the lock: what was typed goes with who typed it.
            self._draft = screen.draft if app.guard.access.administrator else Draft()
            await self._join_closed(joined)

        await app.push_screen(screen, closed)

    async def _join_closed(self, joined: "Joined | None") -> None:
        app = self._app
        app.node_watch.refresh()
        if joined is None:
            return
        if joined.demo_token is not None:
            app.demo_token_used(joined.demo_token)
        if joined.restart:
            await self._follow_restart(joined=True)
        else:
            app.notice(f"Saved for {joined.address}. R restarts the node daemon.", Role.GOOD)

    async def leave(self) -> None:
        app = self._app
        status = app.view.status.value if app.view.status else None
        if status is not None and not status.joined:
            app.notice("This node belongs to no cluster: there is nothing to leave.", Role.WARN)
            return
        from quantix_tui.console.screens.leave import LeaveScreen

        address = status.control_plane_address if status else None
        await app.push_screen(LeaveScreen(app.gateway, address, app.clock), self._leave_closed)

    async def _leave_closed(self, result: str | None) -> None:
        self._app.node_watch.refresh()
        if result == "restart":
            await self._follow_restart(joined=False)

    async def restart(self) -> None:
        from quantix_tui.console.screens.restart import RestartScreen

        app = self._app
        await app.push_screen(RestartScreen(app.gateway, app.view, app.clock), self._restart_closed)

    async def _follow_restart(self, *, joined: bool) -> None:
        """Without asking once more, after a join or a leave; ``joined`` is what was saved."""
        from quantix_tui.console.screens.restart import RestartScreen

        app = self._app
        screen = RestartScreen(app.gateway, app.view, app.clock, saved=joined)
        await app.push_screen(screen, self._restart_closed)

    async def _restart_closed(self, result: str | None) -> None:
        self._app.node_watch.refresh()
        if result == "leave":
            await self._app.as_administrator(self.leave)
