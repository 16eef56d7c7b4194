"""``quantix-tui uninstall``: the lines get back what stood on them before, the users their login shells, and no trace
of the console stays."""

import argparse
from collections.abc import Sequence

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.commands import ends
from quantix_tui.commands.console_lines import add_tree_options, alone, carry_out, refuse_occupied, tree_of, unchanged
from quantix_tui.commands.options import GlobalOptions, Parser
from quantix_tui.host.files.changes import Remove
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines import login_shells
from quantix_tui.host.lines.init import find_init, is_running
from quantix_tui.host.lines.line import line_of_another_machine
from quantix_tui.host.lines.live import give_back
from quantix_tui.host.lines.occupants import own_line
from quantix_tui.host.lines.pieces import LOGIN_SHELLS
from quantix_tui.host.lines.plan import Plan, plan_uninstall

_DESCRIPTION = """\
Take the console away from the lines that "quantix-tui install" put it on. The login prompts return as they were found:
enabled or not, masked or not, with settings of their own or without. With the last line goes everything that was
installed for it; the program and the node daemon stay. The users of --ssh-user get their login shells back. Without
--tty and --ssh-user all of it goes."""


def run(words: Sequence[str], _: GlobalOptions) -> int:
    parser = Parser("uninstall", _DESCRIPTION)
    parser.add_argument("--tty", action="append", default=[], metavar="LINE", help="this line; repeatedly too")
    parser.add_argument("--ssh-user", action="append", default=[], metavar="NAME", help="this user; repeatedly too")
    add_tree_options(parser)
    given = parser.read(words)
    tree = tree_of(given)
    try:
        return _uninstall(tree, given)
    except OSError as error:
        raise unchanged(error) from None


def _uninstall(tree: Tree, given: argparse.Namespace) -> int:
    everything = not given.tty and not given.ssh_user
    only = [line_of_another_machine(name).name for name in dict.fromkeys(given.tty)]
    with alone(tree, needed=not given.dry_run and tree.read(LOGIN_SHELLS) is not None):
        plan = _plan(tree, only) if everything or given.tty else None
        of_lines = plan.changes if plan is not None else ()
        running = plan is not None and is_running(tree, plan.init) and not given.dry_run
        own = own_line() if running else None
        if running and plan is not None and plan.changes:
            refuse_occupied(plan.lines, own)
        going = [change.path for change in of_lines if isinstance(change, Remove)]
        shells = login_shells.uninstall(tree, given.ssh_user, going) if everything or given.ssh_user else []
        if not of_lines and not shells:
            print(f"The console is not installed {_where(only, given.ssh_user)}: there is nothing to take away.")
            return ends.DONE
        carry_out(tree, list(dict.fromkeys([*of_lines, *shells])), dry_run=given.dry_run)
    if running and plan is not None and plan.changes:
        for done in give_back(plan, [line_of_another_machine(name) for name in plan.lines], own):
            print(done, flush=True)
    return ends.DONE


def _plan(tree: Tree, only: list[str]) -> Plan | None:
    """None where no line can have it: this machine has no init that would keep the console there."""
    try:
        init = find_init(tree)
    except QuantixError:
        if only:
            raise
        return None
    return plan_uninstall(tree, init, only)


def _where(lines: list[str], users: list[str]) -> str:
    if not lines and not users:
        return "on any line or for any user"
    return " or ".join(f"{word} {', '.join(names)}" for word, names in (("on", lines), ("for", users)) if names)
