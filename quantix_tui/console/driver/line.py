"""The terminal's own file descriptor, apart from those the program was started with."""

import fcntl
import os
import termios
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A non-blocking descriptor of a terminal; ``flags`` are put back on it when it is closed."""

    fd: int
    flags: int | None = None

    def close(self) -> None:
        if self.flags is not None:
            fcntl.fcntl(self.fd, fcntl.F_SETFL, self.flags)
        os.close(self.fd)


def open_line(tty: int) -> Line:
    """Open the terminal on ``tty`` once more.

    Non-blocking is a property of the open file, which the shell and the programs before and after us share: on a
    descriptor of our own it cannot outlive us, not even if we are killed. Raises OSError if ``tty`` is no terminal.
    """
    try:
        return Line(os.open(os.ttyname(tty), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError:
        # After su the device belongs to somebody else; in a container that was entered from outside it has no name.
        # What is open stays open.
        if not os.isatty(tty):
            raise
        fd = os.dup(tty)
        flags = fcntl.fcntl(fd, fcntl.F_GETFL)
        fcntl.fcntl(fd, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        return Line(fd, flags)


def set_raw(fd: int) -> None:
    """Every byte as it is, both ways, at once. Raises termios.error if the line is gone."""
    attributes = termios.tcgetattr(fd)
    # A break on a serial line is noise; ISTRIP would take the eighth bit, XON and XOFF two keys.
    attributes[0] &= ~(
        termios.BRKINT
        | termios.PARMRK
        | termios.ISTRIP
        | termios.INLCR
        | termios.IGNCR
        | termios.ICRNL
        | termios.IXON
        | termios.IXOFF
    )
    attributes[0] |= termios.IGNBRK
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.IEXTEN | termios.ISIG)
    attributes[6][termios.VMIN] = 1
    attributes[6][termios.VTIME] = 0
    termios.tcsetattr(fd, termios.TCSANOW, attributes)
