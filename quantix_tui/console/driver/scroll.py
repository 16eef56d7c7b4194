"""Finds rows that only moved up or down: a list that is scrolled, a log that goes on.

A terminal with scrolling regions (DECSTBM) moves them itself, for a dozen bytes.
"""

from collections import Counter
from dataclasses import dataclass

from .grid import Grid

WORTH = 3
"""Rows that have to have moved together: fewer are written as fast."""


@dataclass(frozen=True, slots=True)
class Scroll:
    """Rows ``top`` to ``bottom`` move up by ``by``, or down if that is negative; what comes in is empty."""

    top: int
    bottom: int
    by: int


def find_scroll(shown: Grid, wanted: Grid, changed: list[int]) -> Scroll | None:
    """The movement that brings most rows to where they are wanted, or None if it is not worth the while."""
    if len(changed) < WORTH:
        return None
    places: dict[tuple[str, ...], list[int]] = {}
    for y in range(shown.rows):
        places.setdefault(tuple(shown.text[y]), []).append(y)
    moved: Counter[int] = Counter()
    for y in changed:
        # A row that stands in many places, mostly an empty one, says nothing about a movement.
        where = places.get(tuple(wanted.text[y]), [])
        if len(where) == 1:
            moved[where[0] - y] += 1
    for by, votes in moved.most_common(1):
        if by and votes >= WORTH:
            return _region(shown, wanted, by)
    return None


def _region(shown: Grid, wanted: Grid, by: int) -> Scroll | None:
    """The longest run of rows that stand where they are wanted once they have moved."""
    best, start = (0, 0), None
    for y in range(wanted.rows + 1):
        inside = y < wanted.rows and 0 <= y + by < shown.rows
        fits = inside and wanted.text[y] == shown.text[y + by]
        if fits and start is None:
            start = y
        elif not fits and start is not None:
            best = max(best, (y - start, start))
            start = None
    length, first = best
    if length < WORTH:
        return None
    last = first + length - 1
    return Scroll(min(first, first + by), max(last, last + by), by)
