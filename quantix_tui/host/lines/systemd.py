"""systemd: an instance of a unit for each line, in place of the getty there.

The getty's unit is masked: unlike one that is merely disabled it is started neither by logind when somebody switches
to an idle virtual console (``autovt@``, logind.conf NAutoVTs=) nor by systemd-getty-generator for a ``console=`` of the
kernel's command line. What stood at the mask's place (a unit of the administrator's own, or a mask already) gets
another name beside it; everything else of the getty, whether it is enabled among it, stays as it is. So nothing has to
be remembered to put it back.
"""

import os
import re

from quantix_tui.host.files.changes import Change, File, Link, Move, Put, Remove, RemoveFolder, Sweep
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines import pam
from quantix_tui.host.lines.line import Line, LineKind
from quantix_tui.host.lines.pieces import FOLDERS_MADE, LOGIN_SHELLS, PAGE, SCRIPT_MODE, SCRIPTS, folders_made, piece

UNITS = "/etc/systemd/system"
WANTS = f"{UNITS}/getty.target.wants"
CONSOLE = "quantix-console@.service"
LOGIN_PAGE = "quantix-console-page@.service"
MESSAGES = "quantix-console-messages.service"
AT_BOOT = (("quantix-network-back.service", "sysinit.target"), ("quantix-setup.service", "multi-user.target"))
"""What runs once at each boot, and what wants it: old network settings back, and answers that came with the boot."""
SET_ASIDE = ".before-quantix"
"""Behind the name of what stood in a mask's place; systemd reads no unit with such an end."""

_PIECES = (CONSOLE, LOGIN_PAGE, MESSAGES, *(name for name, _ in AT_BOOT))
_MASK = Link("/dev/null")
_TRACE = re.compile(
    r"(?:quantix-console@(?=[^.]+\.service(?:\.d)?$)|(?:getty|autovt|serial-getty)@(?=.*\.before-quantix$))"
    r"([^.]+)\.service.*"
)


def console_unit(line: str) -> str:
    return f"quantix-console@{line}.service"


def page_unit(line: str) -> str:
    return f"quantix-console-page@{line}.service"


def getty_unit(line: Line) -> str:
    """The unit whose login prompt stands on the line without us."""
    return f"getty@{line}.service" if line.kind is LineKind.VIRTUAL else f"serial-getty@{line}.service"


def installed_lines(tree: Tree) -> list[str]:
    """The lines that have the console, or a part of it that a power cut has left. Raises OSError."""
    found = [_TRACE.fullmatch(name) for folder in (WANTS, UNITS) for name in tree.names(folder)]
    return sorted({match[1] for match in found if match})


def install(tree: Tree, lines: list[Line], program: str) -> list[Change]:
    """What is missing for the console on ``lines``; nothing when it is all there. Raises OSError."""
    wanted: list[Put] = [
        Put(PAGE, piece("console/console-page", program, SCRIPT_MODE)),
        *(Put(f"{UNITS}/{name}", piece(f"systemd/{name}", program)) for name in _PIECES),
        *(Put(_wanted_at_boot(name, target), Link(f"{UNITS}/{name}")) for name, target in AT_BOOT),
    ]
    masks: list[Change] = []
    for line in lines:
        extra = "virtual" if line.kind is LineKind.VIRTUAL else "serial"
        wanted.append(Put(_drop_in(line.name), piece(f"systemd/quantix-console-{extra}.conf", program)))
        masks += _mask(tree, line)
    wanted += [Put(_want(line.name), Link(f"{UNITS}/{CONSOLE}")) for line in lines]
    wanted += pam.install(tree, program)
    made = _read_made(tree)
    new = tree.missing_folders([put.path for put in wanted])
    wanted.insert(0, Put(FOLDERS_MADE, folders_made(made, new)))
    moves = [change for change in masks if isinstance(change, Move)]
    puts = [change for change in masks if not isinstance(change, Move)]
    swept = [Sweep(path) for path in tree.unfinished(_folders([line.name for line in lines]))] + pam.unfinished(tree)
    # The order matters when the power fails in between: see _is_ours.
    return [*swept, *moves, *(put for put in wanted if tree.read(put.path) != put.state), *puts]


def uninstall(tree: Tree, lines: list[str]) -> list[Change]:
    """What takes the console away from ``lines``; nothing for a line without it. Raises OSError."""
    changes: list[Change] = [*(Sweep(path) for path in tree.unfinished(_folders(lines))), *pam.unfinished(tree)]
    for line in lines:
        ends: list[Change] = [Remove(path) for path in (_drop_in(line), _want(line)) if tree.read(path) is not None]
        unmasking = _unmask(tree, line)
        back = [change for change in unmasking if isinstance(change, Move)]
        # The order matters here too: what is put back may be a mask, and by then must not be taken for ours.
        changes += [*(change for change in unmasking if not isinstance(change, Move)), *ends, *back]
    if not set(installed_lines(tree)) - set(lines):
        paths = [*(_wanted_at_boot(*both) for both in AT_BOOT), *(f"{UNITS}/{name}" for name in _PIECES), PAGE]
        paths += [FOLDERS_MADE] if tree.read(LOGIN_SHELLS) is None else []
        changes += [*(Remove(path) for path in paths if tree.read(path) is not None), *pam.uninstall(tree)]
    if changes:
        made = _read_made(tree).decode("utf-8", "replace").splitlines()
        changes += [RemoveFolder(folder) for folder in reversed(made)]
    return changes


def _mask(tree: Tree, line: Line) -> list[Change]:
    changes: list[Change] = []
    for path in _masked_paths(line.name, line.kind):
        now = tree.read(path)
        if now == _MASK and _is_ours(tree, line.name, path):
            continue
        if now is not None:
            changes.append(Move(path, path + SET_ASIDE))
        changes.append(Put(path, _MASK))
    return changes


def _is_ours(tree: Tree, line: str, path: str) -> bool:
    """Whether a mask at ``path`` is from here and not the administrator's own.

    What was there is set aside first, then the line is entered, and the mask comes last: a mask that is ours has one
    of the two beside it, wherever the power failed.
    """
    return tree.read(_want(line)) is not None or tree.read(path + SET_ASIDE) is not None


def _unmask(tree: Tree, line: str) -> list[Change]:
    changes: list[Change] = []
    for path in (path for kind in LineKind for path in _masked_paths(line, kind)):
        now, before = tree.read(path), tree.read(path + SET_ASIDE)
        if not _is_ours(tree, line, path):
            continue
        if before is not None and now in (None, _MASK):
            changes.append(Move(path + SET_ASIDE, path))
        elif before is not None:
            # Somebody has put something else there meanwhile: that is what is wanted now.
            changes.append(Remove(path + SET_ASIDE))
        elif now == _MASK:
            changes.append(Remove(path))
    return changes


def _masked_paths(line: str, kind: LineKind) -> list[str]:
    names = ("getty", "autovt") if kind is LineKind.VIRTUAL else ("serial-getty",)
    return [f"{UNITS}/{name}@{line}.service" for name in names]


def _folders(lines: list[str]) -> list[str]:
    at_boot = [os.path.dirname(_wanted_at_boot(*both)) for both in AT_BOOT]
    return [SCRIPTS, UNITS, WANTS, *at_boot, *(os.path.dirname(_drop_in(line)) for line in lines)]


def _wanted_at_boot(name: str, target: str) -> str:
    return f"{UNITS}/{target}.wants/{name}"


def _want(line: str) -> str:
    return f"{WANTS}/{console_unit(line)}"


def _drop_in(line: str) -> str:
    return f"{UNITS}/{console_unit(line)}.d/line.conf"


def _read_made(tree: Tree) -> bytes:
    now = tree.read(FOLDERS_MADE)
    return now.data if isinstance(now, File) else b""
