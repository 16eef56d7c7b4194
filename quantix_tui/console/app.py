"""Open the console. Light on purpose: Textual is imported only when the terminal is known and the environment ready."""

import gc
import os
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.console.endings import FAULT
from quantix_tui.console.first_paint import is_this_machine, wiping
from quantix_tui.console.switch import DrawingSwitch
from quantix_tui.console.terminal import Detection, detect, overrides_from, textual_environment
from quantix_tui.console.terminal.choice import read_choices
from quantix_tui.settings import Settings

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp
    from quantix_tui.console.demo_hints import DemoHints
    from quantix_tui.console.guard import Guard
    from quantix_tui.console.login_desk import LoginDesk
    from quantix_tui.console.setup import Setup
    from quantix_tui.host.facts import HostFacts
    from quantix_tui.node.gateway.protocol import NodeGateway


def run_console(
    settings: Settings, demo: "DemoHints | None" = None, *, painted: int = 0, setup: "Setup | None" = None
) -> int:
    """Run the console until it is quit; the exit code, not 0 when it ended by a fault of its own.

    ``painted``: the rows that the first paint has written; they go when there is more to show, and leave no trace.
    ``setup``: what the wizard sets up, which is then opened first.
    Raises :class:`~quantix_tui.cluster.errors.QuantixError` when ``settings.node`` is no address, or when what the
    environment says of the terminal is none of the choices.
    """
    # Nothing that is imported here is ever thrown away: looking through it costs a tenth of the start.
    gc.disable()
    # Now: a line that is hung up has no name any more.
    line = None if demo is not None else _line()
    if settings.line is not None:
        from quantix_tui.host.foreground import take_foreground

        take_foreground()
    try:
        app = _prepare(settings, demo, painted, line, setup)
    except QuantixError:
        # What is wrong is told below what stood on the screen before.
        os.write(1, wiping(painted))
        raise
    gc.freeze()
    gc.enable()
    app.run()
    if line is not None and app.return_code != FAULT:
        from quantix_tui.console.last_run import LastRun

        LastRun(settings.state, line).end()
    return app.return_code or 0


def _line() -> str | None:
    try:
        return os.ttyname(0).removeprefix("/dev/")
    except OSError:
        return None


def _how_it_ended_before(settings: Settings, line: str) -> str:
    from quantix_tui.console.last_run import LastRun

    return LastRun(settings.state, line).begin(datetime.now().astimezone())


def _prepare(
    settings: Settings, demo: "DemoHints | None", painted: int, line: str | None, setup: "Setup | None"
) -> "ConsoleApp":
    found = _terminal()
    switch = DrawingSwitch(found.profile, read_choices(os.path.join(settings.state, "drawing")))
    os.environ.update(textual_environment(found.profile))
    from quantix_tui.console.application import ConsoleApp
    from quantix_tui.console.driver.driver import driver_for
    from quantix_tui.console.late_gateway import LateGateway
    from quantix_tui.console.look import look_for
    from quantix_tui.node.gateway.endpoint import endpoints

    endpoints(settings)  # Refuses a bad address while the shell can still show that.
    driver = driver_for(switch.profile, typed=found.typed, wipe=wiping(painted))
    gateway = LateGateway(lambda: _open(settings))
    look = look_for(switch.profile)
    return ConsoleApp(
        gateway,
        demo=demo,
        facts=facts_at_hand(settings),
        driver=driver,
        look=look,
        switch=switch,
        guard=_guard(settings, demo=demo is not None),
        settings=settings,
        desk=partial(_desk, settings),
        earlier=None if line is None else partial(_how_it_ended_before, settings, line),
        setup=setup,
    )


def _guard(settings: Settings, *, demo: bool) -> "Guard":
    from quantix_tui.console.access_here import access_here
    from quantix_tui.console.clock import Clock
    from quantix_tui.console.guard import Guard

    looked_at = None
    if settings.line is not None and settings.lock_on_switch:
        from quantix_tui.host.virtual_consoles import in_sight

        looked_at = partial(in_sight, settings.line)
    return Guard(access_here(settings, demo=demo), Clock(), lock_after=settings.lock_after, looked_at=looked_at)


def _desk(settings: Settings) -> "LoginDesk":
    # Imported when somebody logs in.
    from quantix_tui.console.login_desk import desk_here

    return desk_here(settings)


def _terminal() -> Detection:
    try:
        return detect(0, os.environ, overrides_from(os.environ))
    except ValueError as error:
        raise QuantixError(
            Problem(
                ErrorCode.INVALID_REQUEST,
                str(error),
                "Correct the option or the variable, or take it away.",
                "terminal",
            )
        ) from None


def _open(settings: Settings) -> "NodeGateway":
    from quantix_tui.node.gateway.choose import choose_gateway

    return choose_gateway(settings)


def facts_at_hand(settings: Settings) -> "HostFacts | None":
    """What can be told of the node before it is asked: name and addresses, when it is this machine."""
    if not is_this_machine(settings):
        return None
    from quantix_tui.host.addresses import default_route, interface_addresses, name_servers
    from quantix_tui.host.facts import HostFacts, InterfaceAddress

    route = default_route()
    return HostFacts(
        hostname=os.uname().nodename,
        addresses=tuple(InterfaceAddress(name, address, prefix) for name, address, prefix in interface_addresses()),
        gateway=route[1] if route else None,
        dns=tuple(name_servers()),
    )
