"""``python -m tests.bench.line``: the console on a slow line, while events stream.

The line is a pseudo-terminal behind something that takes 4 kB at once and lets them out at the line's speed, as a
serial port with its buffers does: what the program hands over too early stands in the way of every later key.
"""

import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from quantix_tui.console.driver.dialect import dialect_for
from quantix_tui.console.terminal import Colours, Family, Kind, Size, TerminalProfile
from quantix_tui.console.terminal.profile import DRAWING
from tests.console.driver.emulator import Terminal
from tests.console.driver.rig import set_size

ROOT = Path(__file__).parents[2]
HOLDS = 4096
BITS_PER_BYTE = 10
PATIENCE = 30.0
KEYS = 12
SELECTED = re.compile(r"> .*event number (\d+)")
DOWN, PAGE_DOWN, ESC = b"\x1b[B", b"\x1b[6~", b"\x1b"
STAYS = 0.7
"""Seconds; longer than any picture takes to come."""
FORM = {"Join", "Token", "Esc"}
"""Words from the form's first to its last row."""
ADDRESS = "vdc.example"
DASHBOARD_WITHIN, ECHO_WITHIN = 3.5, 0.15
"""Seconds, at 9600 baud; every faster line is quicker."""


class Line:
    """Both ends of the line, and what stands on the terminal at its far end."""

    def __init__(self, baud: int) -> None:
        self.baud = baud
        self.master, slave = os.openpty()
        set_size(slave, Size(80, 24))
        os.set_blocking(self.master, False)
        profile = TerminalProfile(Kind.SERIAL, Family.VT220, Colours.NONE, DRAWING)
        self.terminal = Terminal(80, 24, dialect_for(profile))
        self._rate = baud / BITS_PER_BYTE
        self._held = bytearray()
        self._allowed = 0.0
        self._then = time.monotonic()
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "vt220"}
        environment |= {"QUANTIX_TERMINAL": "serial", "QUANTIX_SPEED": str(baud)}
        self.began = time.monotonic()
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.line_program"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)

    def pass_on(self) -> None:
        """Let out what the line has had time for."""
        with contextlib.suppress(BlockingIOError, OSError):
            if len(self._held) < HOLDS:
                self._held += os.read(self.master, HOLDS - len(self._held))
        now = time.monotonic()
        self._allowed = min(self._allowed + (now - self._then) * self._rate, self._rate * 0.02) if self._held else 0.0
        self._then = now
        count = min(int(self._allowed), len(self._held))
        self._allowed -= count
        if count:
            self.terminal.feed(bytes(self._held[:count]))
            del self._held[:count]

    def until(self, condition: Callable[[], bool], what: str) -> float:
        """Seconds until it is so."""
        start = time.monotonic()
        while not condition():
            if time.monotonic() - start > PATIENCE:
                raise TimeoutError(f"never came: {what}\n{self.text}")
            time.sleep(0.002)
            self.pass_on()
        return time.monotonic() - start

    @property
    def text(self) -> str:
        return "\n".join("".join(cell.text for cell in row) for row in self.terminal.cells)

    @property
    def selected(self) -> list[int]:
        """The numbers of the events that are marked as selected: two while the one before still has to be sent."""
        return [int(number) for number in SELECTED.findall(self.text)]

    def type(self, data: bytes) -> None:
        os.write(self.master, data)

    def selection_stays(self) -> None:
        """Wait until the same event has been selected for a while."""
        seen: list[int] = []
        since = time.monotonic()

        def stays() -> bool:
            nonlocal seen, since
            if self.selected != seen or len(seen) != 1:
                seen, since = self.selected, time.monotonic()
            return time.monotonic() - since > STAYS

        self.until(stays, "an event that stays selected")

    def echo(self, key: bytes, shown: Callable[[], bool]) -> float:
        self.type(key)
        return self.until(shown, f"the echo of {key!r}")


@contextlib.contextmanager
def line(baud: int) -> Iterator[Line]:
    opened = Line(baud)
    try:
        yield opened
    finally:
        opened.program.kill()
        opened.program.wait()
        os.close(opened.master)


@dataclass(frozen=True)
class Figure:
    """What was waited for, and for how many seconds; ``within`` is what is to be reached."""

    what: str
    seconds: float
    within: float | None = None


def measure(baud: int) -> list[Figure]:
    with line(baud) as on:
        dashboard = ("STANDALONE", "Quit", "event number")
        on.until(lambda: all(word in on.text for word in dashboard), "the dashboard")
        figures = [Figure("start to the whole dashboard", time.monotonic() - on.began, DASHBOARD_WITHIN)]
        figures.append(Figure("opening the events", on.echo(b"e", lambda: bool(on.selected))))
        figures += _several("Down in the events", _moved(on))
        on.type(ESC)
        on.until(lambda: all(word in on.text for word in dashboard), "the dashboard")
        figures.append(Figure("opening the join form", on.echo(b"j", lambda: set(on.text.split()) >= FORM)))
        figures += _several("a character in the join form", _typed(on))
        return figures


def _several(what: str, seconds: list[float]) -> list[Figure]:
    return [
        Figure(f"{what}, slowest of {len(seconds)}", max(seconds), ECHO_WITHIN),
        Figure(f"{what}, median", statistics.median(seconds)),
    ]


def _moved(on: Line) -> list[float]:
    # Away from the top, where the newest is always the one selected.
    on.type(PAGE_DOWN)
    on.selection_stays()
    seconds = []
    for _ in range(KEYS):
        wanted = on.selected[-1] - 1
        seconds.append(on.echo(DOWN, lambda wanted=wanted: wanted in on.selected))  # type: ignore[misc]
        on.until(lambda wanted=wanted: on.selected == [wanted], "the selection")  # type: ignore[misc]
    return seconds


def _typed(on: Line) -> list[float]:
    seconds = []
    for length in range(1, len(ADDRESS) + 1):
        shown = f"[{ADDRESS[:length]}"
        seconds.append(on.echo(ADDRESS[length - 1].encode(), lambda shown=shown: shown in on.text))  # type: ignore[misc]
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.line", description=__doc__)
    parser.add_argument("--baud", type=int, nargs="*", default=[9600, 115200])
    for baud in parser.parse_args().baud:
        for figure in measure(baud):
            reached = figure.within is None or figure.seconds <= figure.within
            target = (
                "" if figure.within is None else f"<= {figure.within * 1000:.0f} {'reached' if reached else 'MISSED'}"
            )
            print(f"{baud:7} baud  {figure.what:44} {figure.seconds * 1000:6.0f} ms  {target}")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}: a busy machine adds its own delays")


if __name__ == "__main__":
    main()
