"""``quantix-tui uninstall``: the lines get back what stood on them before, and no trace of the console stays."""

import argparse
from collections.abc import Sequence

from quantix_tui.commands import ends
from quantix_tui.commands.console_lines import add_tree_options, carry_out, refuse_occupied, tree_of, unchanged
from quantix_tui.commands.options import GlobalOptions, Parser
from quantix_tui.host.lines.init import find_init, is_running
from quantix_tui.host.lines.line import line_of_another_machine
from quantix_tui.host.lines.live import give_back
from quantix_tui.host.lines.occupants import own_line
from quantix_tui.host.lines.plan import plan_uninstall
from quantix_tui.host.lines.tree import Tree

_DESCRIPTION = """\
Take the console away from the lines that "quantix-tui install" put it on. The login prompts return as they were found:
enabled or not, masked or not, with settings of their own or without. With the last line goes everything that was
installed for it; the program and the node daemon stay."""


def run(words: Sequence[str], _: GlobalOptions) -> int:
    parser = Parser("uninstall", _DESCRIPTION)
    parser.add_argument("--tty", action="append", metavar="LINE", help="this line alone; all of them when left out")
    add_tree_options(parser)
    given = parser.read(words)
    tree = tree_of(given)
    try:
        return _uninstall(tree, given)
    except OSError as error:
        raise unchanged(error) from None


def _uninstall(tree: Tree, given: argparse.Namespace) -> int:
    only = [line_of_another_machine(name).name for name in dict.fromkeys(given.tty or ())]
    init = find_init(tree)
    running = is_running(tree, init) and not given.dry_run
    own = own_line() if running else None
    plan = plan_uninstall(tree, init, only)
    if not plan.changes:
        print(f"The console is not installed on {', '.join(only) or 'any line'}: there is nothing to take away.")
        return ends.DONE
    if running:
        refuse_occupied(plan.lines, own)
    carry_out(tree, plan, dry_run=given.dry_run)
    if running:
        for done in give_back(plan, [line_of_another_machine(name) for name in plan.lines], own):
            print(done, flush=True)
    return ends.DONE
