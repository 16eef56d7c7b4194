"""Asking a terminal for its size, for serial lines whose kernel says 0 by 0."""

import os
import re
import select
import termios
import time
from dataclasses import dataclass
from typing import Any

from .profile import Size

ASK_SIZE = b"\x1b7\x1b[r\x1b[999;999H\x1b[6n\x1b8"
"""Save the cursor, go as far down and right as it goes, report where that is (CPR), go back."""

REPORT = re.compile(rb"\x1b\[(\d{1,4});(\d{1,4})R")
WAIT = 0.5
"""Seconds. A serial-over-LAN answer takes up to a few tenths; a line that never answers costs this once."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The size, None where the line did not answer, and what was typed meanwhile: it belongs to the program."""

    size: Size | None
    typed: bytes


def probe_size(fd: int, wait: float = WAIT) -> Probe:
    """Ask the terminal on ``fd`` for its size and wait no longer than ``wait`` seconds for the answer.

    The line is put back as it was. Raises OSError or termios.error if ``fd`` is no terminal.
    """
    before = termios.tcgetattr(fd)
    termios.tcsetattr(fd, termios.TCSANOW, _quiet(before))
    try:
        os.write(fd, ASK_SIZE)
        return _answer(fd, time.monotonic() + wait)
    finally:
        termios.tcsetattr(fd, termios.TCSANOW, before)


def _quiet(attributes: list[Any]) -> list[Any]:
    """Neither echo, nor wait for a line's end, nor translate, as long as the answer is awaited."""
    quiet = [*attributes[:6], list(attributes[6])]
    quiet[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    quiet[6][termios.VMIN] = 1
    quiet[6][termios.VTIME] = 0
    return quiet


def _answer(fd: int, deadline: float) -> Probe:
    received = b""
    while (left := deadline - time.monotonic()) > 0:
        readable, _, _ = select.select([fd], [], [], left)
        if not readable:
            break
        chunk = os.read(fd, 1024)
        if not chunk:
            break
        received += chunk
        if found := REPORT.search(received):
            rows, columns = int(found[1]), int(found[2])
            typed = received[: found.start()] + received[found.end() :]
            return Probe(Size(columns, rows) if rows and columns else None, typed)
    return Probe(None, received)
