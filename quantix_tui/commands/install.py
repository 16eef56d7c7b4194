"""``quantix-tui install``: the console takes over lines of the machine, in place of their login prompts."""

import argparse
import os
import sys
from collections.abc import Sequence

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.commands import ends
from quantix_tui.commands.console_lines import add_tree_options, carry_out, refuse_occupied, tree_of, unchanged
from quantix_tui.commands.options import GlobalOptions, Parser
from quantix_tui.host.lines.init import find_init, is_running
from quantix_tui.host.lines.line import Line, kernel_console, line_of_another_machine, line_on_this_machine
from quantix_tui.host.lines.live import take_over
from quantix_tui.host.lines.occupants import own_line
from quantix_tui.host.lines.pieces import checked_program
from quantix_tui.host.lines.plan import plan_install
from quantix_tui.host.lines.tree import Tree

DEFAULT_PROGRAM = "/opt/quantix-tui/bin/quantix-tui"
_DESCRIPTION = """\
Put the console on lines of this machine (a virtual console, a serial line) from boot on, in place of the login
prompts there. It is started again whenever it ends; when it keeps failing, a plain page with a login prompt takes its
turn. For systemd, and for an init that reads /etc/inittab (busybox init, sysvinit). The kernel's command line is not
touched. Running it again changes nothing, or adds lines and brings the pieces up to date."""


def run(words: Sequence[str], _: GlobalOptions) -> int:
    parser = Parser("install", _DESCRIPTION)
    parser.add_argument(
        "--tty", action="append", required=True, metavar="LINE", help="tty1, ttyS0, ...; may be given more than once"
    )
    parser.add_argument("--program", metavar="PATH", help="the program to start there; this one when left out")
    add_tree_options(parser)
    given = parser.read(words)
    tree = tree_of(given)
    try:
        return _install(tree, given)
    except OSError as error:
        raise unchanged(error) from None


def _install(tree: Tree, given: argparse.Namespace) -> int:
    here = tree.root == "/"
    named = dict.fromkeys(name.removeprefix("/dev/") for name in given.tty)
    lines = [line_on_this_machine(name) if here else line_of_another_machine(name) for name in named]
    program = _program(tree, given.program)
    init = find_init(tree)
    running = is_running(tree, init) and not given.dry_run
    own = own_line() if running else None
    plan = plan_install(tree, init, lines, program, kernel_console() if here else None)
    if running and plan.changes:
        refuse_occupied(plan.lines, own)
    carry_out(tree, plan, dry_run=given.dry_run)
    if not plan.changes:
        print(f"{_list(lines)}: everything is in its place already")
    elif not running and not given.dry_run:
        unknown = "" if here else "; whether that machine has such lines cannot be told from its files"
        print(f"{_list(lines)}: the console comes with the next boot{unknown}")
    if running:
        for done in take_over(plan, lines, own):
            print(done, flush=True)
    return ends.DONE


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
