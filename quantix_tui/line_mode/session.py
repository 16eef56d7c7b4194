"""What the answers of one session work on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from quantix_tui.commands.options import GlobalOptions
from quantix_tui.commands.running import with_gateway
from quantix_tui.console.access import Access
from quantix_tui.console.access_here import access_here
from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.console.login_desk import LoginDesk, desk_here
from quantix_tui.console.setup import Setup
from quantix_tui.line_mode.talk import Talk
from quantix_tui.node.gateway.protocol import NodeGateway
from quantix_tui.settings import Settings

T = TypeVar("T")


@dataclass(slots=True)
class Session:
    """Who is there, which node it is about, and where the talk goes on. ``access`` changes with a login and a lock."""

    settings: Settings
    options: GlobalOptions
    talk: Talk
    access: Access
    desk: LoginDesk
    setup: Setup | None = None
    """What is to be set up; None once it is."""
    demo: DemoHints | None = None

    def logged_in(self, user: str) -> None:
        """From the next question on, an answer that does not come locks again."""
        self.access = self.access.logged_in(user)
        self.talk.patience = self.settings.lock_after

    def lock(self) -> None:
        self.access = self.access.locked_again()
        self.talk.patience = None

    def on_node(self, work: Callable[[NodeGateway], Awaitable[T]]) -> T:
        """Raises :class:`~quantix_tui.cluster.errors.QuantixError`, and KeyboardInterrupt on Ctrl-C."""
        return with_gateway(self.settings, work)

    def wait_for(self, work: Awaitable[T]) -> T:
        async def waiting() -> T:
            return await work

        return asyncio.run(waiting())


def session_here(
    settings: Settings, options: GlobalOptions, setup: Setup | None = None, demo: DemoHints | None = None
) -> Session:
    """Of whoever is at this terminal."""
    access = access_here(settings, demo=demo is not None)
    return Session(settings, options, Talk(), access, desk_here(settings), setup, demo)
