"""Finds text in a row that only moved to the left or to the right: a word before it got longer or shorter.

A terminal with DCH and ICH moves it itself, for half a dozen bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .grid import BLANK, Grid

PROBE = 6
"""Characters in a row by which moved text is recognised."""
FARTHEST = 16
"""Cells that text is looked for on both sides."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The cells from ``start`` on move to the left by ``by``, or to the right if that is negative.

    ``end``: where what follows stands still; None: all of the rest of the row moves.
    """

    start: int
    by: int
    end: int | None


def find_shifts(shown: Grid, wanted: Grid, y: int, differs: list[int]) -> Iterator[Shift]:
    """Movements that bring some of the cells at ``differs`` to where they are wanted; whether it pays, is not told."""
    if len(differs) < PROBE:
        return
    if any(len(cell) != 1 for row in (shown.text[y], wanted.text[y]) for cell in row):
        return  # Half of a wide character may be cut off, and a joined one is not one character here.
    have, want = "".join(shown.text[y]), "".join(wanted.text[y])
    tried = set()
    for place in (differs[len(differs) // 2], max(differs[-1] - PROBE + 1, 0), differs[0]):
        probe = want[place : place + PROBE]
        if len(probe) < PROBE or BLANK * 3 in probe:
            continue
        found = have.find(probe, max(0, place - FARTHEST), place + PROBE + FARTHEST)
        by = found - place
        if found < 0 or by == 0 or by in tried:
            continue
        tried.add(by)
        start, end = _run(shown, wanted, y, place, by)
        yield Shift(start, by, None)
        if end + max(by, 0) < wanted.columns:
            yield Shift(start, by, end)


def _run(shown: Grid, wanted: Grid, y: int, place: int, by: int) -> tuple[int, int]:
    """How far the cells around ``place`` are as wanted once they have moved: the first, and the one after the last."""
    have, have_styles = shown.text[y], shown.styles[y]
    want, want_styles = wanted.text[y], wanted.styles[y]
    columns = wanted.columns

    def fits(x: int) -> bool:
        return 0 <= x + by < columns and want[x] == have[x + by] and want_styles[x] == have_styles[x + by]

    start, end = place, place
    while start > 0 and fits(start - 1):
        start -= 1
    while end < columns and fits(end):
        end += 1
    return start, end
