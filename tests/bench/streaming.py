"""A key in a list that never stands still: the line is busy with the list when the key comes."""

import re
import sys
import time

from tests.bench.measure import Figure
from tests.bench.slowline import SlowLine

PROGRAM = (sys.executable, "-m", "tests.bench.streaming_program")
SELECTED = re.compile(r"> .*event number (\d+)")
DOWN, PAGE_DOWN = "\x1b[B", "\x1b[6~"
KEYS = 12
STAYS = 0.7
"""Seconds; longer than any picture takes to come."""


def streaming_figures(baud: int, within: float) -> list[Figure]:
    """``within``: the milliseconds in which a key is to be seen at work."""
    line = SlowLine(PROGRAM, baud)
    try:
        line.until(lambda text: "STANDALONE" in text and "Quit" in text and "event number" in text)
        line.press("e")
        line.until(lambda text: bool(selected(text)))
        # Away from the top, where the newest is always the one selected.
        line.press(PAGE_DOWN)
        at = _stays(line)
        echoes = []
        for wanted in range(at - 1, at - 1 - KEYS, -1):
            line.press(DOWN)
            echoes.append(line.until(lambda text, wanted=wanted: wanted in selected(text)))  # type: ignore[misc]
            line.until(lambda text, wanted=wanted: selected(text) == [wanted])  # type: ignore[misc]
    finally:
        line.close()
    return [
        Figure(f"slowest Down in streaming events at {baud}", "ms", (max(echoes),), f"<= {within:.0f} ms", within),
        Figure(f"Down in streaming events at {baud}", "ms", tuple(echoes), f"<= {within:.0f} ms", within),
    ]


def selected(text: str) -> list[int]:
    """The numbers of the events that are marked as selected: two while the one before still has to be sent."""
    return [int(number) for number in SELECTED.findall(text)]


def _stays(line: SlowLine) -> int:
    """Wait until the same event has been selected for a while: its number."""
    seen: list[int] = []
    since = time.perf_counter()

    def stays(text: str) -> bool:
        nonlocal seen, since
        if selected(text) != seen or len(seen) != 1:
            seen, since = selected(text), time.perf_counter()
        return time.perf_counter() - since > STAYS

    line.until(stays)
    return seen[0]
