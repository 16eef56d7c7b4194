"""Opening the wizard in line mode: for whoever may, on this machine or on a folder that stands for one."""

import asyncio

from quantix_tui.console.clock import Clock
from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.console.screens.wizard.bench import Bench, Kit, look_around
from quantix_tui.console.screens.wizard.opening import (
    IS_SET_UP,
    NOBODY,
    NOTHING_TO_DO,
    ONLY_LOOKING,
    cluster_of,
    local_gateway,
    means_of,
)
from quantix_tui.console.screens.wizard.search import Search
from quantix_tui.console.setup import Setup
from quantix_tui.host.ways_in import ROOT, Way, read_administrators
from quantix_tui.line_mode import login
from quantix_tui.line_mode.session import Session
from quantix_tui.line_mode.wizard.desk import Desk
from quantix_tui.line_mode.wizard.held import turn
from quantix_tui.line_mode.wizard.pages import LATER, set_up
from quantix_tui.node.gateway.choose import choose_gateway
from quantix_tui.setup.found import Finder
from quantix_tui.setup.trials import MachineTrials
from quantix_tui.setup.wizard import begin


def open_here(session: Session, setup: Setup | None, demo: DemoHints | None = None) -> bool:
    """Whether the node is set up now. On a line where no administrator has a password yet, for whoever stands there.

    Raises :class:`QuantixError`, and what the questions raise.
    """
    talk = session.talk
    if setup is None:
        talk.say(NOTHING_TO_DO)
        return False
    if not setup.permitted:
        talk.say(ONLY_LOOKING)
        return False
    if not session.access.locked:
        return login.may_change(session) and _opened(session, setup, demo)
    way = read_administrators(session.settings.admin_groups, setup.root).way()
    if way is Way.SET_FIRST:
        # There is nothing to log in with: the wizard sets the first password.
        session.logged_in(ROOT)
        try:
            return _opened(session, setup, demo)
        finally:
            session.lock()
    if way is Way.NOBODY:
        talk.say(NOBODY)
        return False
    return login.may_change(session) and _opened(session, setup, demo)


def _opened(session: Session, setup: Setup, demo: DemoHints | None) -> bool:
    settings, clock = session.settings, Clock()
    gateway = choose_gateway(settings) if setup.daemon else local_gateway(setup.root)
    with asyncio.Runner() as runner:
        try:
            means = means_of(setup, settings, gateway)
            member_of = runner.run(cluster_of(gateway))
            wizard = runner.run(begin(means, member_of, clock.monotonic))
            try:
                now = turn(session.talk, wizard, runner)
                if not now.is_ours:
                    session.talk.say(IS_SET_UP if wizard.set_up_elsewhere else LATER)
                    return wizard.set_up_elsewhere
                if not now.is_as_kept:
                    wizard = runner.run(begin(means, member_of, clock.monotonic, wizard.session))
                search = Search(Finder(setup.root, setup.answers), clock)
                kit = Kit(gateway, MachineTrials(wizard, means), clock, demo, alone=setup.alone, search=search)
                bench = Bench(wizard, means, kit, look_around(means.tree, settings.admin_groups), member_of)
                return set_up(Desk(session.talk, bench, runner))
            finally:
                runner.run(wizard.close())
        finally:
            runner.run(gateway.close())
