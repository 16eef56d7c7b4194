"""Puts a terminal back as it was found, whoever asks for it and whatever has happened to the program.

Uses system calls only: it runs in signal handlers, after an exception, at the interpreter's end, and in a parent
whose child was killed.
"""

import contextlib
import os
import select
import signal
import termios
import time
from dataclasses import dataclass
from typing import Any

from quantix_tui.console.terminal import TerminalProfile

from .dialect import dialect_for

PATIENCE = 1.0
"""Seconds that a line which takes nothing is waited for, before its settings are put back all the same."""


@dataclass(frozen=True, slots=True)
class Rescue:
    """What must be known to put a terminal back: taken before the first byte is sent to it."""

    path: str
    """Empty where it has none."""
    attributes: list[Any]
    """As ``termios.tcgetattr`` returns them."""
    farewell: bytes
    """The sequences that end every mode this program may have set."""


def rescue_for(fd: int, profile: TerminalProfile) -> Rescue:
    """Take down how the terminal on ``fd`` is now. Raises OSError or termios.error if it is none."""
    attributes = termios.tcgetattr(fd)
    try:
        path = os.ttyname(fd)
    except OSError:  # it has none here, and cannot be opened anew
        path = ""
    return Rescue(path, attributes, dialect_for(profile).stop.encode())


def restore(rescue: Rescue, fd: int | None = None) -> bool:
    """Put the terminal back; on ``fd`` if it still works, else by opening it anew (a hung-up line can be).

    Takes no longer than ``PATIENCE``. False if the terminal does not exist any more.
    """
    with _not_stopped():
        if fd is not None and _restore_on(fd, rescue):
            return True
        try:
            anew = os.open(rescue.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            return False
        try:
            return _restore_on(anew, rescue)
        finally:
            os.close(anew)


def _restore_on(fd: int, rescue: Rescue) -> bool:
    try:
        _send(fd, rescue.farewell)
        termios.tcsetattr(fd, termios.TCSANOW, rescue.attributes)
    except (OSError, termios.error):
        return False
    return True


def _send(fd: int, data: bytes) -> None:
    """Send without waiting for a line that does not drain; ``fd`` may be blocking or not."""
    deadline = time.monotonic() + PATIENCE
    while data and (left := deadline - time.monotonic()) > 0:
        if select.select([], [fd], [], left)[1]:
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(fd, data) :]


class _not_stopped:
    """A background process that sets a terminal is stopped by SIGTTOU, unless it ignores it."""

    def __enter__(self) -> None:
        self._before = signal.getsignal(signal.SIGTTOU)
        with contextlib.suppress(ValueError):  # not the main thread: then it cannot be changed
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGTTOU, self._before if self._before is not None else signal.SIG_DFL)
