"""``python -m tests.bench.wire [--program MODULE]``: bytes on the line, beside ncurses painting the same cells.

The program runs under the driver on a pseudo-terminal; after each step what was sent is counted and the cells that
the terminal then shows are given to ncurses, for the same terminal, in the same run. MODULE has ``scenario(profile)``:
``tests.bench.wire_console``, which is the usual one, or ``tests.bench.wire_wizard``.
"""

import argparse
import asyncio
import importlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from quantix_tui.console.terminal import Colours, Family, Kind, Size, TerminalProfile, textual_environment
from quantix_tui.console.terminal.profile import CONSOLE_COMMON, DRAWING, UNICODE
from tests.bench.wire_curses import Picture, painter, picture

SIZE = Size(80, 24)
QUIET = 0.3
"""Seconds without a byte after which a step is over."""
PATIENCE = 10.0


Type = Callable[[bytes], None]
"""Types on the terminal."""


@dataclass(frozen=True)
class Step:
    """Something that happens. ``limit`` is what is to be reached, in bytes; ``ratio`` in ncurses' bytes."""

    name: str
    act: Callable[[Type], None]
    limit: int | None = None
    ratio: float | None = None
    silent: bool = False
    """Nothing is to be sent."""


@dataclass(frozen=True)
class Scenario:
    """A Textual application that was not run yet, and what happens to it."""

    app: Any
    steps: Sequence[Step]


@dataclass(frozen=True)
class Terminal:
    name: str
    profile: TerminalProfile
    locale: str


TERMINALS = (
    # In the C locale ncurses draws lines with the terminal's own set, one byte each, as the driver does.
    Terminal("vt220", TerminalProfile(Kind.SERIAL, Family.VT220, Colours.NONE, DRAWING, SIZE), "C"),
    Terminal("linux", TerminalProfile(Kind.CONSOLE, Family.LINUX, Colours.SIXTEEN, CONSOLE_COMMON, SIZE), "C.UTF-8"),
    Terminal(
        "xterm-256color",
        TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.MANY, UNICODE, SIZE, mouse=True, repeats=True),
        "C.UTF-8",
    ),
)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    step: Step
    terminal: str
    sent: int
    ncurses: int

    @property
    def reached(self) -> bool:
        if self.step.silent:
            return self.sent == 0
        within = self.step.limit is None or self.sent <= self.step.limit
        return within and (self.step.ratio is None or self.sent <= self.step.ratio * self.ncurses)


def measure(terminal: Terminal, scenario: Callable[[TerminalProfile], Scenario]) -> list[Row]:
    """Run the program through the steps on this terminal, then ncurses through the same pictures."""
    steps, sent = asyncio.run(_run(terminal.profile, scenario))
    with painter(terminal.name, terminal.locale, SIZE) as ncurses:
        return [
            Row(step, terminal.name, count, ncurses.paint(shown))
            for step, (count, shown) in zip(steps, sent, strict=True)
        ]


async def _run(
    profile: TerminalProfile, scenario: Callable[[TerminalProfile], Scenario]
) -> tuple[Sequence[Step], list[tuple[int, Picture]]]:
    from quantix_tui.console.driver.driver import driver_for
    from tests.console.driver.rig import set_size

    master, slave = os.openpty()
    set_size(slave, SIZE)
    os.set_blocking(master, False)
    played = scenario(profile)
    app, steps = played.app, played.steps
    app.driver_class = driver_for(profile, tty=slave)
    count = 0
    last = 0.0
    loop = asyncio.get_running_loop()

    def read() -> None:
        nonlocal count, last
        count += len(os.read(master, 65536))
        last = loop.time()

    def type_(data: bytes) -> None:
        os.write(master, data)

    async def quiet(silent: bool) -> None:
        start = loop.time()
        while loop.time() - max(last, start) < (QUIET if count or silent else PATIENCE):  # noqa: ASYNC110  (silence has no event)
            await asyncio.sleep(0.01)

    loop.add_reader(master, read)
    task = asyncio.create_task(app.run_async())
    results = []
    try:
        for step in steps:
            count = 0
            step.act(type_)
            await quiet(step.silent)
            driver = app._driver
            results.append((count, picture(driver._frames.screen.grid.copy(), driver._frames.pending.cursor)))
    finally:
        app.exit()
        await task
        loop.remove_reader(master)
        os.close(master)
        os.close(slave)
    return steps, results


def table(rows: Sequence[Row]) -> str:
    lines = [f"{'step':34} {'terminal':15} {'bytes':>7} {'ncurses':>8} {'ratio':>6}  target"]
    for row in rows:
        ratio = f"{row.sent / row.ncurses:6.2f}" if row.ncurses else "     -"
        wanted = [f"<= {row.step.ratio} x ncurses"] if row.step.ratio else []
        wanted += [f"<= {row.step.limit}"] if row.step.limit else []
        wanted += ["nothing"] if row.step.silent else []
        verdict = ("reached" if row.reached else "MISSED") if wanted else ""
        target = f"{', '.join(wanted)} {verdict}"
        lines.append(f"{row.step.name:34} {row.terminal:15} {row.sent:7} {row.ncurses:8} {ratio}  {target}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.wire", description=__doc__)
    parser.add_argument("--program", default="tests.bench.wire_console", help="module with scenario(profile)")
    options = parser.parse_args()
    os.environ.update(textual_environment(TERMINALS[0].profile))
    scenario = importlib.import_module(options.program).scenario
    measured = [measure(terminal, scenario) for terminal in TERMINALS]
    print(table([row for rows in zip(*measured, strict=True) for row in rows]))


if __name__ == "__main__":
    main()
