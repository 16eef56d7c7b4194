"""The pieces that are installed: their texts come from ``assets``, with the places of this installation put in."""

import os
import re
from pathlib import Path

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.files.changes import File

SCRIPTS = "/usr/local/lib/quantix-tui"
"""Apart from the program's own folder: they have to be there when that is gone or damaged."""
PAGE = f"{SCRIPTS}/console-page"
RESPAWNER = f"{SCRIPTS}/console-line"
BOOT_ONCE = f"{SCRIPTS}/boot-once"
FOLDERS_MADE = f"{SCRIPTS}/folders-made"
"""Which folders the installation had to make: those go with it again."""
LOGIN_SHELLS = f"{SCRIPTS}/login-shells"
"""Who has the console for a login shell, and had what before."""
SCRIPT_MODE = 0o755
# No blank, no quote, no % and no $: the path stands in unit files and in a shell script as it is.
_PROGRAM = re.compile(r"(/[A-Za-z0-9_.+-]+)+")


def checked_program(path: str) -> str:
    """``path`` if it can stand in the pieces. Raises :class:`QuantixError`."""
    if _PROGRAM.fullmatch(path) and ".." not in path.split("/"):
        return path
    raise QuantixError(
        Problem(
            ErrorCode.INVALID_REQUEST,
            f"{harmless(path, 80)!r} cannot be started from a unit or a script: it must be a whole path of letters, "
            "digits and the characters . _ + - only.",
            "Give --program the program's whole path, such as /opt/quantix-tui/bin/quantix-tui.",
            "program",
        )
    )


def piece(name: str, program: str, mode: int = 0o644) -> File:
    """The text of ``assets/NAME`` for an installation whose program is at ``program``."""
    text = (_assets() / name).read_text("utf-8")
    return File(text.replace("@PROGRAM@", program).replace("@SCRIPTS@", SCRIPTS).encode(), mode)


def folders_made(before: bytes, new: list[str]) -> File:
    """The list of made folders with ``new`` ones behind those of earlier installations."""
    known = before.decode("utf-8", "replace").splitlines()
    return File("".join(f"{folder}\n" for folder in [*known, *(name for name in new if name not in known)]).encode())


def _assets() -> Path:
    package = Path(__file__).parents[2]
    installed = package / "assets"
    return installed if installed.is_dir() else Path(os.path.dirname(package)) / "assets"
