"""What is done when the first dashboard stands, and nobody waits for it."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.worker import Worker

from quantix_tui.cluster.text import harmless
from quantix_tui.console.lines import Role

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp

SCREEN_STYLES = Path(__file__).with_name("screens")
_DIALOGUES = ("join", "restart", "leave", "help", "details", "events")
NETWORK_TRIAL = "network-trial"
AFTER = 0.5
"""Seconds; until then the first answers of the node come."""


def begin_the_rest(app: "ConsoleApp", earlier: Callable[[], str] | None, end: Callable[[Exception], None]) -> None:
    """``earlier`` says how the console ended before, ``end`` ends it by a fault."""
    _end_at_faults(end)
    _: Worker[None] = app.run_worker(partial(_warm_up, app), group="warm-up")
    if app.setup is None and os.geteuid() == 0 and os.path.isdir(os.path.join(app.settings.state, NETWORK_TRIAL)):
        _ = app.run_worker(partial(_bring_old_network_back, app), group="network")
    if earlier is not None:
        _ = app.run_worker(partial(_tell_earlier, app, earlier), group="earlier")


def _end_at_faults(end: Callable[[Exception], None]) -> None:
    """A fault in a callback of the event loop ends the console as well. The loop alone would only log it, and a screen
    whose clock and ages stand still would lie."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        # What has no handle is no callback of ours: a connection that broke, a task that nobody waited for.
        if "handle" in context and isinstance(error, Exception):
            end(error)
        else:
            loop.default_exception_handler(context)

    asyncio.get_running_loop().set_exception_handler(handle)


async def _warm_up(app: "ConsoleApp") -> None:
    """Import the dialogues and read their styles: the first key then answers like the second."""
    await asyncio.sleep(AFTER)
    on_a_line = app.guard.access.line is not None
    for name in ("dialogue", *(("login",) if on_a_line else ()), *_DIALOGUES):
        import_module(f"quantix_tui.console.screens.{name}")
        await asyncio.sleep(0.02)
    app.stylesheet.read_all([SCREEN_STYLES / f"{name}.tcss" for name in ("dialogue", "join", "events")])
    app.stylesheet.reparse()


async def _tell_earlier(app: "ConsoleApp", earlier: Callable[[], str]) -> None:
    """Say how the console ended before, until there is something else to say."""
    from quantix_tui.node.gateway.background import in_background

    await asyncio.sleep(AFTER)
    if words := await in_background(earlier, stop=lambda: None):
        app.notice(words, Role.WARN, stays=True)


async def _bring_old_network_back(app: "ConsoleApp") -> None:
    """What nobody confirmed, before the machine restarted or what watched over it was killed, is not left in force."""
    from quantix_tui.cluster.errors import QuantixError
    from quantix_tui.host.system_log import log_to_system
    from quantix_tui.host.wayback.back import recover
    from quantix_tui.host.wayback.trying import place_in, why_gone_back
    from quantix_tui.setup.claim import Doing, Taken, Who, claimed

    log_to_system()
    place = place_in(app.settings.state)
    try:
        try:
            async with claimed(app.settings.state, Who("the console", app.settings.line or ""), Doing.GOES_BACK):
                await recover(place)
        except Taken:
            pass  # Settings that another console tries just now are its own.
        except QuantixError:
            # A folder that takes not even a lock keeps no node away from its network.
            await recover(place)
        if why := why_gone_back(place):
            app.notice(f"{why} The old ones are in force again.", Role.WARN, stays=True)
    except OSError as error:
        words = f"The old network settings cannot be brought back: {harmless(error.strerror or 'unknown error')}."
        app.notice(words, Role.WARN, stays=True)
