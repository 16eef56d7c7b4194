"""Looks at a virtual console once in a while and has it painted anew when something else painted there."""

import asyncio
import os
from collections.abc import Callable

from .mend import Mender

EVERY = 2.0
"""Seconds between two looks; one costs less than a tick of the clock on the screen."""
_TTY_MAJOR = 4
_FIRST_SERIAL_MINOR = 64
_BYTES_PER_CELL = 4
_MOST_CELLS = 1 << 17


def memory_of(fd: int) -> str | None:
    """Where the characters of the virtual console on ``fd`` can be read, as Unicode (vcs(4), Linux 4.19); None for
    any other line."""
    device = os.fstat(fd).st_rdev
    number = os.minor(device)
    is_virtual = os.major(device) == _TTY_MAJOR and 0 < number < _FIRST_SERIAL_MINOR
    return f"/dev/vcsu{number}" if is_virtual else None


class Mending:
    """``sent`` is all cells that the console should show, None while they are on their way; ``repaint`` paints it anew.

    Raises OSError when this user may not read what the console shows.
    """

    def __init__(self, path: str, sent: Callable[[], str | None], repaint: Callable[[], None]) -> None:
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._sent = sent
        self._repaint = repaint
        self._mender = Mender()
        self._loop = asyncio.get_running_loop()
        # Now: only from its first reader on the kernel keeps the characters themselves, and not those of the glyphs.
        self._timer: asyncio.TimerHandle | None = self._loop.call_later(0, self._look)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            os.close(self._fd)

    def _look(self) -> None:
        self._timer = self._loop.call_later(EVERY, self._look)
        sent = self._sent()
        try:
            shown = os.pread(self._fd, _BYTES_PER_CELL * _MOST_CELLS, 0)
        except OSError:
            return  # Not in Unicode at the moment, or the line is going; its reader learns that.
        if sent is not None and self._mender.is_spoilt(sent, shown.decode("utf-32", "replace")):
            self._repaint()
