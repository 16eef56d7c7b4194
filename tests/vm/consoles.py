"""The lines a person sits at: press keys, read what stands there, take a picture. The same for tty1 and ttyS0."""

import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path

from tests.support.picture import seen_by, svg_of
from tests.support.waiting import wait_until
from tests.vm.emulator import VtScreen, vt220_stream
from tests.vm.keys import serial_bytes
from tests.vm.machine import Machine
from tests.vm.screen import read_screen

PAINT_SECS = 60.0
"""Emulation is slow: the longest that a screen may take to come."""
STILL_SECS = 0.4
"""Less than the second in which an age on the screen changes."""


class Console(ABC):
    """One line. ``line`` is its device below /dev, ``term`` what its terminal is called."""

    line: str
    term: str
    getty: str

    @abstractmethod
    def press(self, *keys: str) -> None:
        """Press keys, named as in :data:`tests.support.terminal.KEYS`."""

    @abstractmethod
    def type(self, text: str) -> None: ...

    @abstractmethod
    def rows(self) -> tuple[str, ...]:
        """The characters that stand on the screen."""

    @abstractmethod
    def photograph(self, path: Path) -> Path:
        """Write a picture; ``path`` has no suffix yet. Returns the file's path."""

    @property
    def text(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows())

    def wait_for(self, wanted: str, timeout: float = PAINT_SECS) -> None:
        """Raises AssertionError with the screen's text when ``wanted`` doesn't come."""
        try:
            wait_until(lambda: wanted in self.text, f"{wanted!r} on {self.line}", timeout)
        except AssertionError as late:
            raise AssertionError(f"{late}; it shows\n{self.text}") from None

    def wait_until_still(self) -> None:
        """Wait until a paint is complete. Raises AssertionError when the screen never stands still."""

        def still() -> bool:
            before = self.rows()
            time.sleep(STILL_SECS)
            return self.rows() == before

        wait_until(still, f"{self.line} to stand still")


class VirtualConsole(Console):
    """tty1, with the machine's keyboard."""

    line, term, getty = "tty1", "linux", "getty@tty1.service"

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def press(self, *keys: str) -> None:
        for key in keys:
            self.machine.press(key)

    def type(self, text: str) -> None:
        self.machine.type(text)

    def rows(self) -> tuple[str, ...]:
        return read_screen(self.machine.shell).rows

    def photograph(self, path: Path) -> Path:
        file = path.with_suffix(".png")
        file.write_bytes(self.machine.photograph())
        return file


class SerialLine(Console):
    """ttyS0, with a VT220 at its end."""

    line, term, getty = "ttyS0", "vt220", "serial-getty@ttyS0.service"

    def __init__(self, machine: Machine, columns: int = 80, rows: int = 24) -> None:
        self._port = machine.serial
        self._screen = VtScreen(columns, rows, self._port.send)
        self._stream = vt220_stream(self._screen)
        self._lock = threading.Lock()
        self._port.listen(self._take)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._port.send(serial_bytes(key))

    def type(self, text: str) -> None:
        self._port.send(text.encode())

    def rows(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._screen.display)

    def photograph(self, path: Path) -> Path:
        file = path.with_suffix(".svg")
        with self._lock:
            file.write_text(svg_of(seen_by(self._screen)))
        return file

    def _take(self, content: bytes) -> None:
        with self._lock:
            self._stream.feed(content)
