"""The guest's serial ports: bytes both ways, and the root shell on the second one."""

import re
import shlex
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from tests.support.waiting import wait_until

READY = b"GUEST-SHELL-READY"
_DONE = re.compile(rb"<done (\d+)>\n")
_SEND = b"<send>\n"


class SerialPort:
    """One port. All that comes is read at once, by a thread: a full port would stop the guest."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._received = bytearray()
        self._listener: Callable[[bytes], None] = _nobody
        self._reader = threading.Thread(target=self._read, name=path.name, daemon=True)
        self._reader.start()

    @property
    def received(self) -> bytes:
        """Everything since the start."""
        return bytes(self._received)

    def listen(self, listener: Callable[[bytes], None]) -> None:
        """Have ``listener`` called, in the reading thread, with all that comes from now on."""
        self._listener = listener

    def send(self, content: bytes) -> None:
        self._socket.sendall(content)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._socket.close()

    def _read(self) -> None:
        while content := self._socket.recv(65536):
            self._received += content
            self._listener(content)


def _nobody(content: bytes) -> None:
    """Nobody listens."""


class GuestError(Exception):
    """A command in the guest failed; the text has its output."""


class GuestReset(Exception):
    """The guest was reset before a command had ended."""


class GuestShell:
    """A root shell in the guest, behind its second serial port."""

    def __init__(self, port: SerialPort) -> None:
        self._port = port
        self._seen = 0

    def wait_until_ready(self, timeout: float) -> None:
        """Raises AssertionError when the guest doesn't get so far in time."""
        wait_until(lambda: READY in self._port.received, "the shell of the guest", timeout)

    @property
    def boots(self) -> int:
        """How often the shell has become ready."""
        return self._port.received.count(READY)

    def run(self, command: str, timeout: float = 120.0) -> str:
        """The output of a command, errors included. Raises GuestError when it fails, GuestReset where it cannot end."""
        return self.attempt(lambda: None, command, timeout)

    def put(self, archive: bytes, folder: str) -> None:
        """Unpack a compressed tar archive into a folder of the guest."""
        command = f"printf '<send>\\n'; head -c {len(archive)} | tar -xz --no-same-owner -C {shlex.quote(folder)}"

        def send_archive() -> None:
            wait_until(lambda: _SEND in self._port.received[self._seen :], "the guest to take files", 30.0)
            self._port.send(archive)

        self.attempt(send_archive, command, 120.0)

    def attempt(self, meanwhile: Callable[[], None], command: str, timeout: float) -> str:
        """Run ``command`` in the guest and do ``meanwhile`` here while it runs."""
        self._seen, boots = len(self._port.received), self.boots
        # printf, so that an echo of the line would not look like its end.
        self._port.send(f"sh -c {shlex.quote(command)}; printf '<done %d>\\n' $?\n".encode())
        meanwhile()

        def ended() -> re.Match[bytes] | None:
            if self.boots > boots:
                raise GuestReset(command)
            return _DONE.search(self._port.received, self._seen)

        done = wait_until(ended, f"the guest's {command!r}", timeout)
        output = done.string[self._seen : done.start()].decode("utf-8", "replace")
        if int(done[1]):
            raise GuestError(f"{command!r} ended with {int(done[1])}: {output.strip()}")
        return output
