"""Opening the wizard: on this machine, or on a folder that stands for one."""

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.console.lines import Role
from quantix_tui.console.screens.wizard.bench import Bench, Kit, look_around
from quantix_tui.console.screens.wizard.held import Then
from quantix_tui.console.screens.wizard.search import Search
from quantix_tui.console.screens.wizard.wizard import WizardScreen
from quantix_tui.console.setup import Setup
from quantix_tui.host.files.problems import not_changed
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.wayback.trying import place_in
from quantix_tui.host.ways_in import ROOT, Way, read_administrators
from quantix_tui.node.gateway.local import LocalGateway
from quantix_tui.node.gateway.protocol import NodeGateway
from quantix_tui.settings import CONFIG_FILE, Settings
from quantix_tui.setup.apply import Means
from quantix_tui.setup.claim import Doing, Holder, Who, holder
from quantix_tui.setup.first_boot import is_set_up
from quantix_tui.setup.found import PATIENCE_SECS, Finder
from quantix_tui.setup.join import GatewayJoining
from quantix_tui.setup.means import TreeJoining, UnattendedNetwork
from quantix_tui.setup.trials import MachineTrials
from quantix_tui.setup.wizard import begin

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp

NOT_SET_UP = "This node is not set up yet: T goes on with it, or quantix-tui wizard."
IS_SET_UP = "This node is set up."
STAYS_SET_UP = "This node stays set up: nothing was answered."
"""Where it was begun anew and left at once."""
NOTHING_TO_DO = "There is nothing to set up here. On the node itself: quantix-tui wizard --again"
ASK_WITHIN = 3.0
LOOK_EVERY = 0.5
ONLY_LOOKING = "This node is not set up yet: root does that, with quantix-tui wizard."
NOBODY = "Not set up; no administrator can log in here. As root: quantix-tui wizard"


async def open_here(app: "ConsoleApp") -> None:
    """For whoever may: on a line where no administrator has a password yet, for whoever stands there."""
    setup = app.setup
    if setup is None:
        app.notice(NOTHING_TO_DO)
        return
    if not setup.permitted:
        app.notice(ONLY_LOOKING, Role.WARN, stays=True)
        return
    if not app.guard.access.locked:
        await app.as_administrator(partial(_open, app, setup))
        return
    way = (await asyncio.to_thread(read_administrators, app.settings.admin_groups, setup.root)).way()
    if way is Way.SET_FIRST:
        # There is nothing to log in with: the wizard sets the first password.
        app.guard.log_in(ROOT)
        await _open(app, setup, locks_after=True)
        return
    app.notice(NOT_SET_UP if way is Way.LOG_IN else NOBODY, Role.WARN, stays=True)
    if way is not Way.LOG_IN:
        return
    login: Screen[Any] | None = None
    if await asyncio.to_thread(_who_applies, app) is None:
        await app.as_administrator(partial(_open, app, setup))
        login = app.screen
    _ = app.run_worker(_look_on(app, setup, login), group="look-on", exclusive=True)


def _who_applies(app: "ConsoleApp") -> Holder | None:
    held = holder(app.settings.state)
    return held if held is not None and held.doing is Doing.APPLIES else None


async def _look_on(app: "ConsoleApp", setup: Setup, login: Screen[Any] | None) -> None:
    """Nobody has to log in to see how somebody else sets the node up; a ``login`` for the wizard goes away then."""
    told = False
    while app.setup is setup and app.guard.access.locked:
        if await asyncio.to_thread(is_set_up, app.settings.state):
            app.setup = None
            if login is not None and app.screen is login:
                login.dismiss(None)
            app.node_watch.begin_anew()
            app.notice(IS_SET_UP, Role.GOOD)
            return
        held = await asyncio.to_thread(_who_applies, app)
        if held is not None:
            app.notice(str(held), stays=True)
        elif told:
            app.notice(NOT_SET_UP, Role.WARN, stays=True)
        told = held is not None
        await asyncio.sleep(LOOK_EVERY)


async def _open(app: "ConsoleApp", setup: Setup, *, locks_after: bool = False) -> None:
    gateway = app.gateway if setup.daemon else local_gateway(setup.root)
    means = means_of(setup, app.settings, gateway)
    try:
        member_of = await cluster_of(gateway)
        wizard = await begin(means, member_of, app.clock.monotonic)
        around = await asyncio.to_thread(look_around, means.tree, app.settings.admin_groups)
    except QuantixError as error:
        await app.tell_problem("Set this node up", error.problem)
        return
    except OSError as error:
        await app.tell_problem("Set this node up", not_changed(error).problem)
        return
    if wizard.set_up_elsewhere:
        await wizard.close()
        app.setup = None
        app.notice(IS_SET_UP, Role.GOOD)
        return
    search = Search(Finder(setup.root, setup.answers), app.clock, PATIENCE_SECS)
    kit = Kit(gateway, MachineTrials(wizard, means), app.clock, app.demo, alone=setup.alone, search=search)
    bench = Bench(wizard, means, kit, around, member_of)

    def closed(then: Then | None) -> None:
        if then is Then.ANEW:
            app.call_later(partial(_open, app, setup, locks_after=locks_after))
            return
        if locks_after:
            app.guard.lock()
        if setup.alone:
            app.exit(return_code=0 if then is Then.SET_UP else 1)
            return
        token = bench.answers.cluster.token if bench.answers.cluster else None
        if app.demo is not None and bench.completed and token is not None:
            kind = app.demo.kind_of(token.reveal())
            if kind is not None:
                app.demo_token_used(kind)
        if then is Then.SET_UP:
            app.setup = None
            app.node_watch.begin_anew()
            app.notice(IS_SET_UP, Role.GOOD)
        elif is_set_up(means.folder):
            app.setup = None
            app.notice(STAYS_SET_UP)
        else:
            app.node_watch.refresh()
            app.notice(NOT_SET_UP, Role.WARN, stays=True)
        app.tick_now()

    await app.push_screen(WizardScreen(bench, app.guard), closed)


async def cluster_of(gateway: NodeGateway) -> str:
    """The address of the control plane that the node has joined; empty when it has none, or does not say."""
    try:
        async with asyncio.timeout(ASK_WITHIN):
            status = await gateway.status()
    except (QuantixError, TimeoutError):
        return ""
    return (status.control_plane_address or "") if status.joined else ""


def local_gateway(root: str) -> NodeGateway:
    """The configuration of a machine that does not run."""
    return LocalGateway(Settings(config_file=Tree(root).real(CONFIG_FILE, follow=True)))


def means_of(setup: Setup, settings: Settings, gateway: NodeGateway) -> Means:
    """``settings``: where the console's state is, as this process sees it."""
    tree, state = Tree(setup.root), settings.state
    joining = GatewayJoining(gateway, restarts=True) if setup.daemon else TreeJoining(tree)
    return Means(tree, state, joining, UnattendedNetwork(place_in(state), tree), Who(line=line_of(settings)))


def line_of(settings: Settings) -> str:
    """Where this console stands; empty where that is no line."""
    try:
        return settings.line or os.ttyname(0).removeprefix("/dev/")
    except OSError:
        return ""
