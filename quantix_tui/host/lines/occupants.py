"""Who sits at a line: a person's session must not end because somebody installs a console there."""

import os
from collections.abc import Iterator

from quantix_tui.host.addresses import read_text

_KEEPERS = frozenset({"agetty", "getty", "mingetty", "fgetty", "console-line"})
# Nobody's work is lost when one of these ends.
_NO_SESSION = _KEEPERS | {"login", "quantix-tui", "busybox"}


def session_on(line: str) -> str | None:
    """The name of a program of a person's session on ``line``; None when only a prompt, or nothing, is there."""
    number = _device_number(f"/dev/{line}")
    return next((name for _, name, tty in _processes() if tty == number and name not in _NO_SESSION), None)


def own_line() -> str | None:
    """The line that this process itself runs on; None for one of a terminal's window or of ssh, or without any."""
    tty = next((tty for pid, _, tty in _processes() if pid == os.getpid()), 0)
    names = [name for name in os.listdir("/sys/class/tty") if _device_number(f"/dev/{name}") == tty != 0]
    return names[0] if names else None


def keepers_of(line: str) -> list[int]:
    """The processes on ``line`` that an init has started to keep it: what only asks for a name, and our own script."""
    number = _device_number(f"/dev/{line}")
    return [pid for pid, name, tty in _processes() if tty == number and name in _KEEPERS]


def parse_stat(text: str) -> tuple[str, int] | None:
    """Name and terminal's device number of ``/proc/PID/stat`` (proc(5)); a name may hold blanks and brackets."""
    name = text[text.find("(") + 1 : text.rfind(")")]
    fields = text[text.rfind(")") + 2 :].split()
    try:
        return name, int(fields[4])
    except (IndexError, ValueError):
        return None


def _processes() -> Iterator[tuple[int, str, int]]:
    for entry in os.listdir("/proc"):
        if entry.isdecimal() and (found := parse_stat(read_text(f"/proc/{entry}/stat"))):
            yield int(entry), *found


def _device_number(path: str) -> int:
    try:
        device = os.stat(path).st_rdev
    except OSError:
        return -1
    # As the kernel packs it into tty_nr: the minor's low byte, the major, the rest of the minor.
    major, minor = os.major(device), os.minor(device)
    return (minor & 0xFF) | (major << 8) | ((minor & ~0xFF) << 12)
