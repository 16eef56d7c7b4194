"""``quantix-tui install``: the console takes over lines of the machine, in place of their login prompts, and is what
users meet who come over SSH."""

import argparse
import os
import sys
from collections.abc import Sequence

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.commands import ends
from quantix_tui.commands.console_lines import add_tree_options, alone, carry_out, refuse_occupied, tree_of, unchanged
from quantix_tui.commands.options import GlobalOptions, Parser
from quantix_tui.host.files.changes import Put
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines import login_shells
from quantix_tui.host.lines.init import find_init, is_running
from quantix_tui.host.lines.line import Line, kernel_console, line_of_another_machine, line_on_this_machine
from quantix_tui.host.lines.live import take_over
from quantix_tui.host.lines.occupants import own_line
from quantix_tui.host.lines.pieces import checked_program
from quantix_tui.host.lines.plan import Plan, plan_install

DEFAULT_PROGRAM = "/opt/quantix-tui/bin/quantix-tui"
_DESCRIPTION = """\
Put the console on lines of this machine (a virtual console, a serial line) from boot on, in place of the login
prompts there. It is started again whenever it ends; when it keeps failing, a plain page with a login prompt takes its
turn. For systemd, and for an init that reads /etc/inittab (busybox init, sysvinit). The kernel's command line is not
touched. With --ssh-user the console is that user's login shell. Running it again changes nothing, or adds lines and
users and brings the pieces up to date."""


def run(words: Sequence[str], _: GlobalOptions) -> int:
    parser = Parser("install", _DESCRIPTION)
    parser.add_argument(
        "--tty", action="append", default=[], metavar="LINE", help="tty1, ttyS0, ...; may be given repeatedly"
    )
    parser.add_argument(
        "--ssh-user", action="append", default=[], metavar="NAME", help="a user who meets the console; repeatedly too"
    )
    parser.add_argument("--program", metavar="PATH", help="the program to start there; this one when left out")
    add_tree_options(parser)
    given = parser.read(words)
    if not given.tty and not given.ssh_user:
        parser.error("where to? Name a line (--tty tty1) or a user (--ssh-user NAME)")
    tree = tree_of(given)
    try:
        return _install(tree, given)
    except OSError as error:
        raise unchanged(error) from None


def _install(tree: Tree, given: argparse.Namespace) -> int:
    here = tree.root == "/"
    named = dict.fromkeys(name.removeprefix("/dev/") for name in given.tty)
    lines = [line_on_this_machine(name) if here else line_of_another_machine(name) for name in named]
    users = list(dict.fromkeys(given.ssh_user))
    program = _program(tree, given.program)
    plan = _plan(tree, lines, program)
    running = plan is not None and is_running(tree, plan.init) and not given.dry_run
    own = own_line() if running else None
    if running and plan is not None and plan.changes:
        refuse_occupied(plan.lines, own)
    with alone(tree, needed=bool(users) and not given.dry_run):
        shells = login_shells.install(tree, users, program) if users else []
        of_lines = plan.changes if plan is not None else ()
        # The folders that the lines need are those of the shells too.
        puts = {change.path for change in of_lines if isinstance(change, Put)}
        shells = [change for change in shells if not (isinstance(change, Put) and change.path in puts)]
        carry_out(tree, list(dict.fromkeys([*of_lines, *shells])), dry_run=given.dry_run)
    if plan is not None:
        _tell_of_lines(plan, lines, running=running, dry_run=given.dry_run, here=here)
    if users and not shells:
        print(f"{', '.join(users)}: the console is the login shell already")
    elif users and not given.dry_run:
        print(f"{', '.join(users)}: the console comes with the next login")
    if running and plan is not None:
        for done in take_over(plan, lines, own):
            print(done, flush=True)
    return ends.DONE


def _plan(tree: Tree, lines: list[Line], program: str) -> Plan | None:
    if not lines:
        return None
    return plan_install(tree, find_init(tree), lines, program, kernel_console() if tree.root == "/" else None)


def _tell_of_lines(plan: Plan, lines: list[Line], *, running: bool, dry_run: bool, here: bool) -> None:
    if not plan.changes:
        print(f"{_list(lines)}: everything is in its place already")
    elif not running and not dry_run:
        unknown = "" if here else "; whether that machine has such lines cannot be told from its files"
        print(f"{_list(lines)}: the console comes with the next boot{unknown}")


def _list(lines: list[Line]) -> str:
    return ", ".join(f"{line} ({line.kind.value})" for line in lines)


def _program(tree: Tree, asked: str | None) -> str:
    """The program's path in ``tree``. Raises :class:`QuantixError` when it is not there or cannot be started."""
    own = os.path.join(sys.prefix, "bin", "quantix-tui")
    path = checked_program(asked or (own if _runs(tree, own) else DEFAULT_PROGRAM))
    if _runs(tree, path):
        return path
    raise QuantixError(
        Problem(
            ErrorCode.INVALID_REQUEST,
            f"There is no program {harmless(path, 80)} that could be started on a line.",
            "Install it there first, or name another place with --program PATH. Nothing has been changed.",
            "program",
        )
    )


def _runs(tree: Tree, path: str) -> bool:
    real = tree.real(path, follow=True)
    return os.path.isfile(real) and os.access(real, os.X_OK)
