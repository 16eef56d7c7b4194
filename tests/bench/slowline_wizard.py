"""The first-boot wizard on a slow line: when each page stands, and when a key that is typed on it is seen."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from quantix_tui.sandbox.machine import make_machine
from tests.bench.measure import Figure
from tests.bench.slowline import SlowLine

PROGRAM = (sys.executable, "-m", "quantix_tui", "wizard", "--root")
PASSWORD = "wet paint on friday"
NAME, NODE, ZONE = "node1", "10.20.0.77/24", "berlin"
NEXT, CTRL_U, RIGHT = "\x0e", "\x15", "\x1b[C"
PAGE_MS = {9600: 2000.0, 115200: 1000.0}
"""A page is about 900 bytes, which take 0.9 s at 9600 bits per second; the answers are kept on the disk before it."""
LIST_MS = 300.0
"""A letter of the timezone repaints its list: 210 bytes."""


class Walk:
    """From page to page; what was waited for is in ``pages`` and ``echoes``, in milliseconds."""

    def __init__(self, line: SlowLine) -> None:
        self.line = line
        self.pages: list[float] = []
        self.echoes: list[float] = []

    def turn(self, keys: str, *words: str) -> None:
        """Keys that bring another page; it stands with its last line, which is painted last."""
        self.line.press(keys)
        self.pages.append(self.line.until(lambda text: all(word in text for word in words)))

    def type(self, text: str, shown: Callable[[str], str] = lambda typed: f"[{typed} ") -> None:
        for count in range(1, len(text) + 1):
            self.line.press(text[count - 1])
            wanted = shown(text[:count])
            self.echoes.append(self.line.until(lambda seen, wanted=wanted: wanted in seen))  # type: ignore[misc]


def wizard_figures(baud: int, within: float) -> list[Figure]:
    """``within``: the milliseconds in which a typed key is to be seen."""
    with tempfile.TemporaryDirectory() as folder:
        make_machine(Path(folder))
        line = SlowLine((*PROGRAM, folder), baud)
        try:
            walk = Walk(line)
            line.until(lambda text: "Asked for now" in text and "F1 Help" in text)
            _pages(walk)
        finally:
            line.close()
    page, slowest = PAGE_MS[baud], max(walk.echoes)
    return [
        Figure(f"slowest page of the wizard at {baud}", "ms", (max(walk.pages),), f"<= {page:.0f} ms", page),
        Figure(f"a page of the wizard at {baud}", "ms", tuple(walk.pages), f"<= {page:.0f} ms", page),
        Figure(f"slowest key typed in it at {baud}", "ms", (slowest,), f"<= {LIST_MS:.0f} ms", LIST_MS),
        Figure(f"a key typed in it at {baud}", "ms", tuple(walk.echoes), f"<= {within:.0f} ms", within),
    ]


def _pages(walk: Walk) -> None:
    walk.turn(NEXT, "The password of root", "Next (not yet)")
    walk.type(PASSWORD, lambda typed: f"[{'*' * len(typed)} ")
    walk.line.press("\t")
    walk.type(PASSWORD, lambda typed: f"> Once more      [{'*' * len(typed)} ")
    walk.turn(NEXT, "what this node is called", "the prompt, in the logs")
    walk.line.press(CTRL_U)
    walk.type(NAME)
    walk.turn(NEXT, "as example.com", "Try now ]")
    walk.line.press("\t")
    walk.turn(RIGHT, "with its prefix", "Next (not yet)")
    walk.line.press("\t")
    walk.type(NODE)
    walk.line.press("\t" + CTRL_U)
    walk.turn(NEXT, "Keep the new ones ]", "Going back to the old settings in")
    walk.turn("\r", "timezone and time servers", "names or addresses", "Next ]")
    walk.type(ZONE, lambda typed: f"search: {typed}_")
    walk.turn(NEXT, "standalone, or one of many", "Check it ]")
    walk.turn(RIGHT, "(*) stay standalone", "Next ]")
    walk.turn(NEXT, "before they are made", "Apply now ]")
