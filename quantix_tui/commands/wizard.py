"""``quantix-tui wizard``: the first-boot wizard, gone on with or anew."""

import argparse
import os
import sys
from collections.abc import Sequence

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.commands import ends
from quantix_tui.commands.options import GlobalOptions, Parser
from quantix_tui.console.app import run_console
from quantix_tui.console.setup import Setup
from quantix_tui.host.files.tree import Tree
from quantix_tui.settings import STATE, Settings, settings_from
from quantix_tui.setup.claim import Who, briefly
from quantix_tui.setup.first_boot import is_set_up
from quantix_tui.setup.plain_file import read_plain_file
from quantix_tui.setup.session import Session, taken_over
from quantix_tui.setup.state import forget

_DESCRIPTION = """\
Set this node up, page by page: administrator, name, network, time, cluster. It goes on where it was left;
nothing is changed before it was shown, but for the network, whose settings are tried with a way back."""


def run(words: Sequence[str], options: GlobalOptions) -> int:
    wanted = wanted_by(words, options, needs_terminal=True)
    if wanted is None:
        return ends.DONE
    settings, setup = wanted
    return run_console(settings, setup=setup)


def wanted_by(
    words: Sequence[str], options: GlobalOptions, *, needs_terminal: bool = False
) -> tuple[Settings, Setup] | None:
    """What the command line asks for; None, with the reason said, when there is nothing to set up.

    Raises :class:`QuantixError`.
    """
    parser = Parser("wizard", _DESCRIPTION)
    parser.add_argument("--again", action="store_true", help="anew, also on a node that is set up")
    parser.add_argument("--root", metavar="DIR", default="/", help="set up the tree of another machine (an image)")
    parser.add_argument("--answers", metavar="FILE", help="fill in the pages from it: YAML, as of quantix-tui setup")
    given = parser.read(words)
    if needs_terminal and not (sys.stdin.isatty() and sys.stdout.isatty()):
        parser.error("the wizard needs a terminal; without one use: quantix-tui setup --answers FILE")
    tree = _tree_of(given)
    if given.answers is not None:
        refuse_unreadable(given.answers)
    settings = settings_from(os.environ, options.node, options.config)
    if tree.root != "/":
        settings = _of_tree(settings, tree)
    if given.again:
        _begin_anew(settings.state)
    elif is_set_up(settings.state):
        print("This node is set up already. To set it up anew: quantix-tui wizard --again")
        return None
    # A folder has no dashboard; a node that was named for it takes the join up.
    named = settings.node is not None
    setup = Setup(tree.root, tree.root == "/" or named, alone=tree.root != "/", answers=given.answers or "")
    return settings, setup


def refuse_unreadable(path: str) -> None:
    """Raises :class:`QuantixError` where there is no such file of answers."""
    try:
        read_plain_file(path, 0)
    except OSError as error:
        why = f"The answers {harmless(path, 80)} cannot be read: {error.strerror}."
        hint = "Give the file that holds them."
        raise QuantixError(Problem(ErrorCode.INVALID_REQUEST, why, hint, "answers")) from None


def _begin_anew(state: str) -> None:
    """Raises :class:`QuantixError` while somebody sets the node up, or has the wizard open."""
    with briefly(state):
        if (other := Session(state, Who()).other()) is not None:
            raise QuantixError(taken_over(other))
        forget(state)


def _tree_of(given: argparse.Namespace) -> Tree:
    if not os.path.isdir(given.root):
        raise QuantixError(
            Problem(
                ErrorCode.INVALID_REQUEST,
                f"There is no folder {harmless(given.root, 80)!r}.",
                "Give --root a machine's folder.",
                "root",
            )
        )
    tree = Tree(given.root)
    if tree.root == "/" and os.geteuid() != 0:
        raise QuantixError(
            Problem(
                ErrorCode.UNAUTHORIZED,
                "Only root may set this machine up.",
                "Run the same with sudo or as root.",
                "not_root",
            )
        )
    return tree


def _of_tree(settings: Settings, tree: Tree) -> Settings:
    """The state is kept in the tree."""
    return Settings(
        node=settings.node,
        config_file=settings.config_file,
        socket=settings.socket_path,
        admin_token_file=settings.admin_token,
        state=tree.real(STATE, follow=True),
        admin_groups=settings.admin_groups,
    )
