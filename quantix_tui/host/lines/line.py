"""One line, and whether the console may stand on it."""

import os
import re
import stat
from dataclasses import dataclass
from enum import Enum

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import read_text

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}")
_VIRTUAL = re.compile(r"tty[1-9][0-9]?")
_TTY_MAJOR = 4
_FIRST_SERIAL_MINOR = 64
# They stand for another line, which changes, or for whoever opens them.
_ALIASES = {
    "console": "the kernel's console, which is another name for one of the lines",
    "tty": "whatever terminal a program happens to run on",
    "tty0": "whichever virtual console is in front",
    "ptmx": "not a line",
}


class LineKind(Enum):
    VIRTUAL = "virtual console"
    SERIAL = "serial line"


@dataclass(frozen=True, slots=True)
class Line:
    """``name`` is the device below ``/dev``."""

    name: str
    kind: LineKind

    def __str__(self) -> str:
        return self.name


def line_on_this_machine(text: str) -> Line:
    """The line ``tty1`` or ``/dev/tty1`` of this machine. Raises :class:`QuantixError` when it cannot be taken."""
    name = _name(text)
    path = f"/dev/{name}"
    try:
        facts = os.stat(path)
    except FileNotFoundError:
        raise _refused(name, "This machine has no such line.", _WHICH, "no_such_line") from None
    except OSError as error:
        raise _refused(name, f"It cannot be looked at: {error.strerror}.", _WHICH, "no_such_line") from None
    if not stat.S_ISCHR(facts.st_mode):
        raise _refused(name, f"{path} is not a terminal.", _WHICH, "not_a_terminal")
    if not os.path.exists(f"/sys/class/tty/{name}"):
        raise _refused(name, f"The kernel does not know {path} as a terminal.", _WHICH, "not_a_terminal")
    if read_text(f"/sys/class/tty/{name}/type").strip() == "0":
        # serial_core.h, PORT_UNKNOWN: the driver keeps a name for a port that is not built in.
        raise _refused(name, "There is a name for this serial port, but no port behind it.", _WHICH, "no_hardware")
    virtual = os.major(facts.st_rdev) == _TTY_MAJOR and os.minor(facts.st_rdev) < _FIRST_SERIAL_MINOR
    return Line(name, LineKind.VIRTUAL if virtual else LineKind.SERIAL)


def line_of_another_machine(text: str) -> Line:
    """The same for a tree of files whose machine does not run: only the name can be judged. Raises QuantixError."""
    name = _name(text)
    return Line(name, LineKind.VIRTUAL if _VIRTUAL.fullmatch(name) else LineKind.SERIAL)


def kernel_console() -> str | None:
    """The line that ``/dev/console`` stands for on this machine; None when the kernel does not tell."""
    names = read_text("/sys/class/tty/console/active").split()
    return names[-1] if names else None


_WHICH = "The lines of this machine: ls /sys/class/tty. The first screen is tty1, the first serial port mostly ttyS0."


def _name(text: str) -> str:
    name = text.removeprefix("/dev/")
    if name in _ALIASES:
        raise _refused(name, f"It is {_ALIASES[name]}.", "Name the line itself, such as tty1 or ttyS0.", "alias")
    if not _NAME.fullmatch(name):
        raise _refused(name, "A line has a name of letters and digits, such as tty1 or ttyS0.", _WHICH, "name")
    return name


def _refused(name: str, why: str, hint: str, reason: str) -> QuantixError:
    shown = harmless(name, 30)
    return QuantixError(
        Problem(ErrorCode.INVALID_REQUEST, f"The console cannot stand on {shown!r}. {why}", hint, reason)
    )
