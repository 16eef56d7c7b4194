"""What has to be changed to put the console on lines or to take it away, for whichever init the machine has."""

import os
from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.files.changes import Change, Edit, File, Put, Remove, RemoveFolder, Sweep
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines import boot, inittab, pam, systemd
from quantix_tui.host.lines.init import Init
from quantix_tui.host.lines.line import Line
from quantix_tui.host.lines.pieces import (
    FOLDERS_MADE,
    LOGIN_SHELLS,
    PAGE,
    RESPAWNER,
    SCRIPT_MODE,
    SCRIPTS,
    folders_made,
    piece,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """``lines``: those that have the console, or lose it, when ``changes`` are done."""

    init: Init
    lines: tuple[str, ...]
    changes: tuple[Change, ...]


def plan_install(tree: Tree, init: Init, lines: list[Line], program: str, console: str | None) -> Plan:
    """``console``: the line that ``/dev/console`` stands for, where that is known. Raises QuantixError, OSError."""
    names = tuple(line.name for line in lines)
    if init is Init.SYSTEMD:
        return Plan(init, names, tuple(systemd.install(tree, lines, program)))
    before = _inittab(tree)
    after = before
    for line in lines:
        after = inittab.with_console(after, line, also_called="console" if line.name == console else None)
    # Whoever has services needs no entry in the table.
    after = inittab.without_boot_script(after) if boot.has_openrc(tree) else inittab.with_boot_script(after)
    pieces = [
        Put(PAGE, piece("console/console-page", program, SCRIPT_MODE)),
        Put(RESPAWNER, piece("console/console-line", program, SCRIPT_MODE)),
    ]
    pieces += [*boot.pieces(tree, program), *pam.install(tree, program)]
    made = tree.read(FOLDERS_MADE)
    known = made.data if isinstance(made, File) else b""
    new = tree.missing_folders([put.path for put in pieces])
    puts = [Put(FOLDERS_MADE, folders_made(known, new)), *pieces]
    edits = [Edit(inittab.INITTAB, after)] if after != before else []
    return Plan(init, names, (*_unfinished(tree), *(put for put in puts if tree.read(put.path) != put.state), *edits))


def plan_uninstall(tree: Tree, init: Init, only: list[str]) -> Plan:
    """Take the console away from the lines ``only``, from all when there are none. Raises QuantixError, OSError."""
    if init is Init.SYSTEMD:
        lines = only or systemd.installed_lines(tree)
        return Plan(init, tuple(lines), tuple(systemd.uninstall(tree, lines)))
    before = _inittab(tree)
    lines = only or inittab.installed_lines(before)
    after = before
    for line in lines:
        after = inittab.without_console(after, line)
    last = not inittab.installed_lines(after)
    after = inittab.without_boot_script(after) if last else after
    changes: list[Change] = [*_unfinished(tree)]
    if after != before:
        changes.append(Edit(inittab.INITTAB, after))
    if last:
        made = tree.read(FOLDERS_MADE)
        folders = made.data.decode("utf-8", "replace").splitlines() if isinstance(made, File) else []
        paths = [*boot.places(), RESPAWNER, PAGE, *([FOLDERS_MADE] if tree.read(LOGIN_SHELLS) is None else [])]
        changes += [*(Remove(path) for path in paths if tree.read(path) is not None), *pam.uninstall(tree)]
        changes += [RemoveFolder(folder) for folder in reversed(folders)]
    return Plan(init, tuple(lines), tuple(changes))


def _unfinished(tree: Tree) -> list[Change]:
    places = (inittab.INITTAB, *boot.places())
    leftovers = tree.unfinished(list(dict.fromkeys([SCRIPTS, *map(os.path.dirname, places)])))
    ours = [Sweep(path) for path in leftovers if path.startswith((SCRIPTS, *places))]
    return [*ours, *pam.unfinished(tree)]


def _inittab(tree: Tree) -> bytes:
    state = tree.read(inittab.INITTAB, follow=True)
    if isinstance(state, File):
        return state.data
    raise QuantixError(
        Problem(ErrorCode.NOT_SUPPORTED, "There is no /etc/inittab.", "Nothing has been changed.", "no_inittab")
    )
