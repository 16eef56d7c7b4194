"""A real pty with a terminal emulator behind it: the program as a person meets it."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pexpect

from tests.support.emulator import XtermScreen, XtermStream
from tests.support.waiting import POLL_SECS

HANG_UP_WITHIN = 5.0
"""Seconds that a program may take to end when its terminal is closed."""

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "backtab": "\x1b[Z",
    "esc": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "left": "\x1b[D",
    "right": "\x1b[C",
    "pagedown": "\x1b[6~",
    "backspace": "\x7f",
    "ctrl+c": "\x03",
    "ctrl+d": "\x04",
    "ctrl+l": "\x0c",
    "ctrl+t": "\x14",
    "ctrl+u": "\x15",
    "f1": "\x1bOP",
    "f5": "\x1b[15~",
}


class Terminal:
    """Runs ``command`` in a pty of the given size; :attr:`screen` is what a person would see."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        columns: int = 80,
        rows: int = 24,
        term: str = "xterm-256color",
    ) -> None:
        env = {**os.environ, "TERM": term, "LANG": "C.UTF-8", **(environment or {})}
        env.pop("COLUMNS", None)
        env.pop("LINES", None)
        self.screen = XtermScreen(columns, rows)
        self._stream = XtermStream(self.screen)
        self.received = bytearray()
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            command[0], list(command[1:]), env=env, dimensions=(rows, columns), timeout=None
        )

    @property
    def pid(self) -> int:
        assert self._child.pid is not None
        return self._child.pid

    @property
    def descriptor(self) -> int:
        """The terminal's end of the pty."""
        return int(self._child.child_fd)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def press(self, *keys: str) -> None:
        """Press named keys; anything that is no name is typed as it stands."""
        for key in keys:
            self._child.send(KEYS.get(key, key))

    def wait_for(self, wanted: str | Callable[[str], bool], timeout: float = 20.0) -> str:
        """Read on until the screen shows ``wanted``; return the screen's text."""
        holds = wanted if callable(wanted) else lambda text: wanted in text
        end = time.monotonic() + timeout
        while not holds(self.text):
            assert time.monotonic() < end, f"waited {timeout} s in vain for {wanted!r}; the screen shows\n{self.text}"
            self._read()
        return self.text

    def wait_until_quiet(self, seconds: float = 0.3, timeout: float = 60.0) -> None:
        """Read on until nothing has come for ``seconds``: whatever was typed before has been dealt with."""
        end = time.monotonic() + timeout
        last = time.monotonic()
        while time.monotonic() - last < seconds:
            assert time.monotonic() < end, f"never quiet in {timeout} s; the screen shows\n{self.text}"
            before = len(self.received)
            self._read()
            if len(self.received) != before:
                last = time.monotonic()

    def wait_for_exit(self, timeout: float = 20.0) -> int:
        """Read to the end; return the exit status, or minus the signal's number."""
        end = time.monotonic() + timeout
        while self._child.isalive():
            assert time.monotonic() < end, f"still runs after {timeout} s; the screen shows\n{self.text}"
            self._read()
        self._read()
        return self._child.exitstatus if self._child.exitstatus is not None else -(self._child.signalstatus or 0)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def send_signal(self, number: signal.Signals) -> None:
        self._child.kill(number)

    def _read(self) -> None:
        with contextlib.suppress(pexpect.TIMEOUT, pexpect.EOF):
            data: bytes = self._child.read_nonblocking(65536, timeout=0.05)
            self.received += data
            self._stream.feed(data)

    def close(self) -> None:
        """Hang up, as a terminal does that is closed; what does not end by that is killed."""
        # pexpect's own way sleeps between its signals, and on a busy machine gives up before the last one worked.
        process = self._child.ptyproc  # type: ignore[attr-defined]  # pexpect's stubs do not know it
        process.fileobj.close()
        end = time.monotonic() + HANG_UP_WITHIN
        while self._child.isalive() and time.monotonic() < end:
            time.sleep(POLL_SECS)
        if self._child.isalive():
            self._child.kill(signal.SIGKILL)
            self._child.wait()
        process.delayafterclose = 0
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
