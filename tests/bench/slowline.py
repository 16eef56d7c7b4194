"""``python -m tests.bench.slowline``: the whole program on a slow line that holds 4 kB, while a log streams.

The console runs on a pseudo-terminal as it does on a serial line; between it and the terminal stands a line that takes
what comes as long as 4096 bytes have room and lets it out at its own speed. Events stream all the while. Measured: when
the dashboard stands, and how long after a key its echo is there.
"""

import contextlib
import os
import pty
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

from tests.bench.measure import COLUMNS, ROWS, Figure, environment, table
from tests.support.emulator import XtermScreen, XtermStream
from tests.support.node_api import NodeApi
from tests.support.sandbox import Sandbox, with_node

HOLDS = 4096
STEP = 0.002
KEYS = "vdc.example.com"
LIMITS = {9600: (3500.0, 150.0), 115200: (1000.0, 50.0)}
"""Bits per second, and the milliseconds in which the dashboard and a key's echo are to stand."""


@dataclass
class SlowLine:
    """The program behind a line of ``baud`` bits per second, eight data bits and one stop bit."""

    command: Sequence[str]
    baud: int

    def __post_init__(self) -> None:
        self.began = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            ioctl(0, TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            said = {"TERM": "vt220", "LANG": "C", "QUANTIX_TERMINAL": "serial", "QUANTIX_SPEED": str(self.baud)}
            os.execvpe(self.command[0], list(self.command), {**environment(), **said})
        os.set_blocking(self._fd, False)
        self._held = bytearray()
        self._credit = 0.0
        self._then = self.began
        self._screen = XtermScreen(COLUMNS, ROWS)
        self._stream = XtermStream(self._screen)

    def press(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def until(self, shown: Callable[[str], bool], timeout: float = 30.0) -> float:
        """Carry on until the terminal shows it; milliseconds since this was asked."""
        asked = time.perf_counter()
        while not shown("\n".join(self._screen.display)):
            if time.perf_counter() - asked > timeout:
                raise TimeoutError("\n".join(self._screen.display))
            self._carry()
            time.sleep(STEP)
        return (time.perf_counter() - asked) * 1000

    def _carry(self) -> None:
        if len(self._held) < HOLDS:
            with contextlib.suppress(BlockingIOError):  # Nothing to take.
                self._held += os.read(self._fd, HOLDS - len(self._held))
        now = time.perf_counter()
        speed = self.baud / 10
        self._credit = min(self._credit + (now - self._then) * speed, max(1.0, speed * 0.02)) if self._held else 0.0
        self._then = now
        count = min(int(self._credit), len(self._held))
        self._credit -= count
        self._stream.feed(bytes(self._held[:count]))
        del self._held[:count]

    def close(self) -> None:
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self._fd)


def figures(sandbox: Sandbox, baud: int) -> list[Figure]:
    line = SlowLine(with_node(sandbox), baud)
    try:
        stands = line.until(lambda text: "STANDALONE" in text and "Quit" in text)
        line.press("j")
        line.until(lambda text: "Control plane" in text and "Esc  back" in text)
        echoes = []
        for count in range(1, len(KEYS) + 1):
            line.press(KEYS[count - 1])
            echoes.append(line.until(lambda text, typed=KEYS[:count]: f"[{typed} " in text))  # type: ignore[misc]
    finally:
        line.close()
    first, echo = LIMITS[baud]
    return [
        Figure(f"dashboard at {baud} baud", "ms", (stands,), f"<= {first:.0f} ms", first),
        Figure(f"slowest echo of a key at {baud} baud", "ms", (max(echoes),), f"<= {echo:.0f} ms", echo),
        Figure(f"echo of a key at {baud} baud", "ms", tuple(echoes), f"<= {echo:.0f} ms", echo),
    ]


def stream_events(sandbox: Sandbox, over: threading.Event) -> None:
    """A check of an address that refuses is an event; one after the other until it is over."""
    node = NodeApi(sandbox.facts["node_socket"])
    while not over.wait(0.2):
        node.ask("POST", "/cluster/test-connection", {"control_plane_url": "https://127.0.0.1:9"})


def main() -> None:
    with tempfile.TemporaryDirectory() as directory, Sandbox(Path(directory)) as sandbox:
        over = threading.Event()
        log = threading.Thread(target=stream_events, args=(sandbox, over))
        log.start()
        try:
            found = [figure for baud in LIMITS for figure in figures(sandbox, baud)]
        finally:
            over.set()
            log.join()
    from tests.bench.slowline_wizard import wizard_figures
    from tests.bench.streaming import streaming_figures

    found += [figure for baud, (_, echo) in LIMITS.items() for figure in streaming_figures(baud, echo)]
    found += [figure for baud, (_, echo) in LIMITS.items() for figure in wizard_figures(baud, echo)]
    print(table(found))


if __name__ == "__main__":
    main()
