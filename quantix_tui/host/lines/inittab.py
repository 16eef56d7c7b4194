"""``/etc/inittab`` of busybox init and sysvinit: one line of the file for a line of the machine.

The entries that stood for that line become comments behind a mark, and the mark alone is taken away again: every
other byte of the file is left as it is, then and now.
"""

from quantix_tui.host.lines.line import Line
from quantix_tui.host.lines.pieces import BOOT_ONCE, RESPAWNER

INITTAB = "/etc/inittab"
_RUNLEVELS = b"2345"
_KEEPS_A_PROGRAM = (b"respawn", b"askfirst", b"once", b"ondemand")


def with_console(text: bytes, line: Line, *, also_called: str | None = None) -> bytes:
    """``text`` with the console on ``line``, instead of what is there now. Nothing changes when it is there already.

    ``also_called``: another name of the line in this file, ``console`` for the one the kernel calls so.
    """
    if line.name in installed_lines(text):
        return text
    rows = text.splitlines(keepends=True)
    names = {name.encode() for name in (line.name, also_called) if name}
    taken = [number for number, row in enumerate(rows) if _is_for(row, names)]
    for number in taken:
        rows[number] = _mark(line.name) + rows[number]
    rows.insert(taken[0] if taken else _end(rows), _entry(line.name, sysvinit=is_sysvinit(text)))
    return b"".join(rows)


def without_console(text: bytes, line: str) -> bytes:
    """``text`` as it was before the console came to ``line``."""
    mark = _mark(line)
    kept = [row for row in text.splitlines(keepends=True) if _installed_line(row) != line]
    return b"".join(row.removeprefix(mark) for row in kept)


def with_boot_script(text: bytes) -> bytes:
    """``text`` with what runs once at each boot. Nothing changes when it is there already."""
    rows = text.splitlines(keepends=True)
    if not any(map(_is_boot_script, rows)):
        start = b"once:%s\n" % BOOT_ONCE.encode()
        rows.insert(_end(rows), b"qset:%s:%s" % (_RUNLEVELS, start) if is_sysvinit(text) else b"::" + start)
    return b"".join(rows)


def without_boot_script(text: bytes) -> bytes:
    """``text`` as it was without that."""
    return b"".join(row for row in text.splitlines(keepends=True) if not _is_boot_script(row))


def installed_lines(text: bytes) -> list[str]:
    """The lines that have the console."""
    found = [_installed_line(row) for row in text.splitlines()]
    return [line for line in found if line is not None]


def is_sysvinit(text: bytes) -> bool:
    """Whether sysvinit reads this file. Its first fields are mere names; busybox init's are devices (inittab(5))."""
    return any(_fields(row)[2:3] == [b"initdefault"] for row in text.splitlines())


def _is_boot_script(row: bytes) -> bool:
    return _fields(row)[3:] == [BOOT_ONCE.encode()]


def _end(rows: list[bytes]) -> int:
    """Where a new row goes: a last row without its end must stay the last one."""
    return len(rows) if not rows or rows[-1].endswith(b"\n") else len(rows) - 1


def _entry(line: str, *, sysvinit: bool) -> bytes:
    start = f"respawn:{RESPAWNER} {line}\n".encode()
    # sysvinit knows entries by names of at most four characters.
    return b"q%s:%s:%s" % (line[-3:].encode(), _RUNLEVELS, start) if sysvinit else line.encode() + b"::" + start


def _installed_line(row: bytes) -> str | None:
    fields = _fields(row)
    words = fields[3].split() if len(fields) == 4 else []
    return words[1].decode("ascii", "replace") if len(words) == 2 and words[0] == RESPAWNER.encode() else None


def _is_for(row: bytes, names: set[bytes]) -> bool:
    fields = _fields(row)
    if len(fields) != 4 or fields[2] not in _KEEPS_A_PROGRAM:
        return False
    words = {word.removeprefix(b"/dev/") for word in (fields[0], *fields[3].split())}
    return bool(words & names)


def _fields(row: bytes) -> list[bytes]:
    row = row.strip()
    return [] if row.startswith(b"#") else row.split(b":", 3)


def _mark(line: str) -> bytes:
    return f"#quantix-console {line}# ".encode()
