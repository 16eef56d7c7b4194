"""The list of what can be done, by fixed numbers: whoever knows them need not have the list read out again."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, repeat

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.commands.options import GlobalOptions
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.demo_hints import DemoHints, fingerprint_rows
from quantix_tui.console.endings import LOGIN_PROMPT
from quantix_tui.console.screens.wizard.opening import STAYS_SET_UP
from quantix_tui.console.setup import Setup
from quantix_tui.host.foreground import take_foreground
from quantix_tui.line_mode import login, machine, membership
from quantix_tui.line_mode.session import Session, session_here
from quantix_tui.line_mode.talk import Ended, NoAnswer
from quantix_tui.line_mode.wizard.opening import open_here
from quantix_tui.settings import Settings
from quantix_tui.setup.first_boot import is_set_up


@dataclass(frozen=True, slots=True)
class Item:
    """``changes`` asks for an administrator first."""

    number: int
    words: str
    act: Callable[[Session], None]
    changes: bool = False


ITEMS = (
    Item(1, "state of this node and its cluster", membership.state),
    Item(2, "join a cluster", membership.join, changes=True),
    Item(3, "leave the cluster", membership.leave, changes=True),
    Item(4, "restart the node daemon", membership.restart, changes=True),
    Item(5, "what happened on this node", membership.events),
    Item(6, "test the network", machine.network),
    Item(7, "services: how they are, restart, start, stop", machine.services),
    Item(8, "logs", machine.logs),
    Item(9, "about this node: versions, fingerprints", machine.about),
    Item(10, "restart or switch off the node", machine.power, changes=True),
    Item(11, "a shell", lambda session: _shell(session)),  # noqa: PLW0108 (named below)
    Item(12, "write a support bundle", machine.bundle, changes=True),
    Item(13, "set this node up", lambda session: _set_up(session)),  # noqa: PLW0108 (named below)
)


ON_A_LINE = (
    Item(20, "log in as an administrator", lambda session: _log_in(session)),  # noqa: PLW0108 (named below)
    Item(21, "lock", lambda session: _lock(session)),  # noqa: PLW0108 (named below)
)
"""Where nobody is logged in by himself."""


def run(
    settings: Settings, options: GlobalOptions, *, setup: Setup | None = None, demo: DemoHints | None = None
) -> int:
    """Answer until it is quit; the exit code. ``setup``: what is to be set up, which is asked for first."""
    session = session_here(settings, options, setup, demo)
    if settings.line is not None:
        take_foreground()
    for number in (signal.SIGQUIT, signal.SIGTSTP):
        if settings.line is not None:
            # No shell stands behind a line of the node: to be stopped there is to be dead.
            signal.signal(number, signal.default_int_handler)
    session.talk.say(f"Quantix-OS, node {os.uname().nodename}. Questions and answers; Ctrl-C goes back to the menu.")
    for act in chain((_begin,), repeat(_once)):
        try:
            code = act(session)
        except KeyboardInterrupt:
            session.talk.forget()
            session.talk.say("", "Back in the menu.")
        except NoAnswer:
            session.lock()
            session.talk.say("Locked: no answer came for a while.")
        except Ended:
            return 0
        else:
            if code is not None:
                return code
    raise AssertionError("it repeats for ever")


def _begin(session: Session) -> None:
    """The wizard on a node that was never set up, for whoever may set it up; then the node's state and the menu."""
    if session.demo is not None:
        tokens = [f"{kind:<10}{token}" for kind, token in session.demo.tokens.items()]
        rows = (f"Address   {session.demo.address}", *tokens, *fingerprint_rows(session.demo))
        session.talk.show(["", "Demo: type one of these.", *rows])
    if session.setup is not None:
        _attempt(session, _set_up)
    _attempt(session, membership.state)
    _show_menu(session)


def _once(session: Session) -> int | None:
    """Ask once and do it; the exit code when that was the end."""
    answer = session.talk.ask("Number, or Enter for the menu")
    if answer == "0":
        return _quit(session)
    item = next((item for item in _items(session) if str(item.number) == answer), None)
    if item is not None:
        if not item.changes or login.may_change(session):
            _attempt(session, item.act)
    elif answer:
        session.talk.say("There is no such number. Enter alone shows the menu.")
    else:
        _show_menu(session)
    return None


def _items(session: Session) -> tuple[Item, ...]:
    return ITEMS if session.access.line is None else ITEMS + ON_A_LINE


def _show_menu(session: Session) -> None:
    session.talk.show(["", *(f"{item.number:>3}  {item.words}" for item in _items(session)), "  0  quit"])


def _attempt(session: Session, act: Callable[[Session], None]) -> None:
    """Do it; what goes wrong is said, and the menu goes on."""
    try:
        act(session)
    except QuantixError as error:
        session.talk.say(error.problem.message, error.problem.hint)
    except (Ended, NoAnswer):
        raise
    except Exception as error:  # noqa: BLE001 - the menu's border: told as a problem, with a report kept
        problem = fault_problem(error)
        session.talk.say(problem.message, problem.hint)


def _set_up(session: Session) -> None:
    try:
        if open_here(session, session.setup, session.demo):
            session.setup = None
    except (KeyboardInterrupt, NoAnswer):
        if is_set_up(session.settings.state):
            session.setup = None
            session.talk.say("", STAYS_SET_UP)
        raise


def _shell(session: Session) -> None:
    """A session of one's own has a shell of one's own, whoever one is."""
    if session.access.line is None or login.may_change(session):
        machine.shell(session)


def _log_in(session: Session) -> None:
    if session.access.locked:
        login.log_in(session, session.desk)
    else:
        session.talk.say(f"{session.access.user} is logged in.")


def _lock(session: Session) -> None:
    session.lock()
    session.talk.say("Locked." if session.access.locked else "This session is your own: nobody locks it.")


def _quit(session: Session) -> int | None:
    if session.access.line is None:
        return 0
    return LOGIN_PROMPT if session.talk.agreed("Leave this line to its login prompt?") else None
