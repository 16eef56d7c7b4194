"""What ``install`` and ``uninstall`` share: the tree they work on, who may, and how changes are told and done."""

import argparse
import errno
import os
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.commands.options import Parser
from quantix_tui.host.files.changes import Change, RemoveFolder
from quantix_tui.host.files.problems import why
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.accounts_lock import locked
from quantix_tui.host.lines.occupants import session_on


def add_tree_options(parser: Parser) -> None:
    parser.add_argument("--root", metavar="DIR", default="/", help="work on the tree of another machine (an image)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")


def tree_of(given: argparse.Namespace) -> Tree:
    """The tree that is worked on. Raises :class:`QuantixError` when there is none or it may not be changed."""
    if not os.path.isdir(given.root):
        raise QuantixError(
            Problem(
                ErrorCode.INVALID_REQUEST,
                f"There is no folder {harmless(given.root, 80)!r}.",
                "Give --root the folder that holds the machine's etc and usr.",
                "root",
            )
        )
    tree = Tree(given.root)
    if tree.root == "/" and os.geteuid() != 0 and not given.dry_run:
        raise QuantixError(
            Problem(
                ErrorCode.UNAUTHORIZED,
                "Only root may change what stands on a line of this machine, or somebody's login shell.",
                "Run the same with sudo or as root. With --dry-run anybody may see what would be done.",
                "not_root",
            )
        )
    return tree


def refuse_occupied(lines: Iterable[str], own: str | None) -> None:
    """Raises :class:`QuantixError` when a person's session on one of ``lines``, but for our ``own``, would end."""
    for line in lines:
        program = None if line == own else session_on(line)
        if program:
            raise QuantixError(
                Problem(
                    ErrorCode.INVALID_REQUEST,
                    f"Somebody is logged in on {line} and runs {harmless(program, 20)!r} there; that would end.",
                    "Log out there, then run this again. Nothing has been changed.",
                    "occupied",
                )
            )


def alone(tree: Tree, *, needed: bool) -> AbstractContextManager[None]:
    """While it lasts nobody else changes the users of this machine. Raises OSError when somebody does so now."""
    return locked() if needed and tree.root == "/" else nullcontext()


def carry_out(tree: Tree, changes: Sequence[Change], *, dry_run: bool) -> None:
    """Say each change and do them, all or none. Raises :class:`QuantixError` with the tree as it was before."""
    if dry_run:
        # Whether a folder will be empty by then is not known yet.
        print("".join(f"would {change}\n" for change in changes if not isinstance(change, RemoveFolder)), end="")
        return
    try:
        done = tree.apply(changes)
    except OSError as error:
        raise unchanged(error) from None
    print("".join(f"{change}\n" for change in done), end="", flush=True)


def unchanged(error: OSError) -> QuantixError:
    """The problem of a tree that could not be read or written; nothing of it has been changed."""
    hint = {
        errno.EROFS: "Make it writable (mount -o remount,rw ...), or install into the image with --root.",
        errno.ENOSPC: "Make room (df tells where), then run this again.",
    }.get(error.errno or 0, "Mend that, then run this again.")
    place = harmless(str(error.filename or ""), 120)
    return QuantixError(
        Problem(
            ErrorCode.CONFIG_WRITE_ERROR,
            f"{place or 'A file'} cannot be changed: {why(error)}. Everything is as it was before.",
            hint,
            errno.errorcode.get(error.errno or 0, "io").lower(),
        )
    )
