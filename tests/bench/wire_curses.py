"""ncurses painting given cells, for comparison: the best way of the classic programs, on the same terminal.

Run as a process on a pseudo-terminal: reads pictures as JSON lines from descriptor 3, answers each on 4 when it is
painted. A picture is ``{"rows": [[[text, foreground, background, attributes], ...], ...], "cursor": [x, y] | null}``.
"""

import curses
import json
import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from quantix_tui.console.driver.grid import Grid
from quantix_tui.console.driver.style import BOLD, DIM, REVERSE, UNDERLINE, Style, on_blank
from quantix_tui.console.terminal import Size

ROOT = Path(__file__).parents[2]
Picture = dict[str, Any]


def picture(grid: Grid, cursor: tuple[int, int] | None) -> Picture:
    rows = [_row(text, styles) for text, styles in zip(grid.text, grid.styles, strict=True)]
    return {"rows": rows, "cursor": cursor}


def _row(text: list[str], styles: list[Style]) -> list[list[Any]]:
    """As a careful program writes it: words of one style are set apart by blanks of that style.

    The driver's own cells have every blank in the plainest style that looks the same; ncurses would switch there and
    back for each, and look worse than it is.
    """
    row = list(styles)
    for blanks in re.finditer(r" {1,3}", "".join(cell or "." for cell in text)):
        start, end = blanks.span()
        if start > 0 and end < len(row) and row[start - 1] == styles[end]:
            style = styles[end]
            for x in range(start, end):
                if styles[x] != style and styles[x] == on_blank(style):
                    row[x] = style
    return [[cell, *style] for cell, style in zip(text, row, strict=True)]


@contextmanager
def painter(term: str, locale: str, size: Size) -> Iterator["Painter"]:
    """A process that paints with ncurses for ``term``."""
    from tests.console.driver.rig import set_size

    master, slave = os.openpty()
    set_size(slave, size)
    orders, answers = os.pipe(), os.pipe()
    command = [sys.executable, "-m", "tests.bench.wire_curses", str(orders[0]), str(answers[1])]
    environment = {"PATH": os.environ["PATH"], "TERM": term, "LC_ALL": locale}
    popen = subprocess.Popen(
        command, stdin=slave, stdout=slave, cwd=ROOT, env=environment, pass_fds=(orders[0], answers[1])
    )
    os.close(orders[0])
    os.close(answers[1])
    try:
        with os.fdopen(orders[1], "w") as to, os.fdopen(answers[0]) as back:
            yield Painter(master, to, back)
    finally:
        popen.wait(10)
        os.close(master)
        os.close(slave)


class Painter:
    def __init__(self, master: int, orders: TextIO, answers: TextIO) -> None:
        self._master = master
        self._orders = orders
        self._answers = answers

    def paint(self, what: Picture) -> int:
        """Bytes that ncurses sent to come from the last picture to this one."""
        self._orders.write(json.dumps(what) + "\n")
        self._orders.flush()
        sent = b""
        painted = False
        while True:
            readable, _, _ = select.select([self._master] + ([] if painted else [self._answers]), [], [], 0.2)
            if self._master in readable:
                sent += os.read(self._master, 65536)
            elif self._answers in readable:
                assert self._answers.readline() == "painted\n", sent[-1000:].decode(errors="replace")
                painted = True
            elif painted:
                return len(sent)


ATTRIBUTES = ((BOLD, "A_BOLD"), (DIM, "A_DIM"), (REVERSE, "A_REVERSE"), (UNDERLINE, "A_UNDERLINE"))


class Curses:
    def __init__(self, window: "curses.window") -> None:
        self._window = window
        self._pairs: dict[tuple[int, int], int] = {(-1, -1): 0}
        self._graphic = {
            "┌": curses.ACS_ULCORNER, "┐": curses.ACS_URCORNER, "└": curses.ACS_LLCORNER, "┘": curses.ACS_LRCORNER,
            "─": curses.ACS_HLINE, "│": curses.ACS_VLINE, "├": curses.ACS_LTEE, "┤": curses.ACS_RTEE,
            "┬": curses.ACS_TTEE, "┴": curses.ACS_BTEE, "┼": curses.ACS_PLUS, "▒": curses.ACS_CKBOARD,
            "·": curses.ACS_BULLET, "◆": curses.ACS_DIAMOND, "°": curses.ACS_DEGREE,
        }  # fmt: skip

    def paint(self, what: Picture) -> None:
        for y, row in enumerate(what["rows"]):
            for x, cell in enumerate(row):
                self._cell(x, y, cell)
        cursor: Sequence[int] | None = what["cursor"]
        curses.curs_set(1 if cursor else 0)
        if cursor:
            self._window.move(cursor[1], cursor[0])
        self._window.refresh()

    def _cell(self, x: int, y: int, cell: Sequence[Any]) -> None:
        text, foreground, background, attributes = cell
        look = sum(getattr(curses, name) for bit, name in ATTRIBUTES if attributes & bit)
        if curses.has_colors():
            look |= curses.color_pair(self._pair(foreground, background))
        try:
            if text in self._graphic:
                self._window.addch(y, x, self._graphic[text], look)
            elif text:
                self._window.addstr(y, x, text, look)
        except curses.error:
            # ncurses reports the last cell of the screen although it has painted it.
            return

    def _pair(self, foreground: int, background: int) -> int:
        key = (foreground, background)
        if key not in self._pairs:
            self._pairs[key] = len(self._pairs)
            curses.init_pair(self._pairs[key], foreground, background)
        return self._pairs[key]


def main() -> None:
    import locale

    locale.setlocale(locale.LC_ALL, "")
    with os.fdopen(int(sys.argv[1])) as orders, os.fdopen(int(sys.argv[2]), "w") as answers:
        window = curses.initscr()
        try:
            if curses.has_colors():
                curses.start_color()
                curses.use_default_colors()
            program = Curses(window)
            for line in orders:
                program.paint(json.loads(line))
                answers.write("painted\n")
                answers.flush()
        finally:
            curses.endwin()


if __name__ == "__main__":
    main()
