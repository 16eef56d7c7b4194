"""How a figure is taken and shown: medians, spread, and the ratio to a reference of the same run."""

import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

from tests.support.emulator import XtermScreen, XtermStream

ROWS, COLUMNS = 24, 80
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Figure:
    """One row of the table. ``target`` is what is to be reached, for ``ratio`` when there is a reference."""

    name: str
    unit: str
    values: tuple[float, ...]
    target: str
    limit: float
    reference: tuple[float, ...] | None = None

    @property
    def ratio(self) -> float | None:
        return statistics.median(self.values) / statistics.median(self.reference) if self.reference else None

    @property
    def reached(self) -> bool:
        ratio = self.ratio
        return (ratio if ratio is not None else statistics.median(self.values)) <= self.limit


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned text: name, median, spread, reference, ratio, target, whether it is reached."""
    lines = [f"{'figure':44} {'median':>9} {'min':>9} {'max':>9} {'reference':>10} {'ratio':>6}  target"]
    for figure in figures:
        median, low, high = statistics.median(figure.values), min(figure.values), max(figure.values)
        reference = f"{statistics.median(figure.reference):10.1f}" if figure.reference else " " * 10
        ratio = f"{figure.ratio:6.2f}" if figure.ratio is not None else " " * 6
        verdict = "reached" if figure.reached else "MISSED"
        lines.append(
            f"{figure.name + ' [' + figure.unit + ']':44} {median:9.2f} {low:9.2f} {high:9.2f} "
            f"{reference} {ratio}  {figure.target} {verdict}"
        )
    return "\n".join(lines)


def environment() -> dict[str, str]:
    """The caller's, with compiled bytecode allowed: an installed program has it."""
    env = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    for name in ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES"):
        env.pop(name, None)
    return env


def wall_ms(command: Sequence[str]) -> float:
    """How long a command runs, in ms."""
    start = time.perf_counter()
    subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - start) * 1000


class PtyProgram:
    """A program in a pty whose every piece of output is kept with its time, so that looking costs nothing."""

    def __init__(self, command: Sequence[str], extra: Mapping[str, str] | None = None) -> None:
        self._start = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            ioctl(0, TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.execvpe(command[0], list(command), {**environment(), **(extra or {})})
        self._pieces: list[tuple[float, bytes]] = []

    def read_until(self, shown: Callable[[str], bool], timeout: float = 30.0) -> float:
        """Milliseconds from the start to the piece of output with which the screen shows what is wanted."""
        screen = XtermScreen(COLUMNS, ROWS)
        stream = XtermStream(screen)
        fed = 0
        end = time.perf_counter() + timeout
        while time.perf_counter() < end:
            self.read(0.02)
            while fed < len(self._pieces):
                moment, piece = self._pieces[fed]
                stream.feed(piece)
                fed += 1
                if shown("\n".join(screen.display)):
                    return (moment - self._start) * 1000
        raise TimeoutError("\n".join(screen.display))

    def read(self, seconds: float) -> None:
        """Take what comes within the time, as one would who looks at the screen."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if not select.select([self._fd], [], [], left)[0]:
                return
            try:
                self._pieces.append((time.perf_counter(), os.read(self._fd, 65536)))
            except OSError:
                return

    def press(self, keys: bytes) -> None:
        os.write(self._fd, keys)

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_percent(pid: int, seconds: float, meanwhile: Callable[[float], None]) -> float:
    """Share of one core that a process uses while ``meanwhile`` passes the time."""
    before, start = cpu_seconds(pid), time.perf_counter()
    meanwhile(seconds)
    return (cpu_seconds(pid) - before) / (time.perf_counter() - start) * 100
