"""The cheapest way for the cursor from one cell to another."""

from dataclasses import dataclass
from functools import lru_cache

from .dialect import Dialect

FEW_ROWS = 3
"""Rows that line ends go down as shortly as a number does."""


def absolute(x: int, y: int) -> str:
    """CUP, as short as its defaults let it be."""
    if x:
        return f"\x1b[{y + 1};{x + 1}H"
    return f"\x1b[{y + 1}H" if y else "\x1b[H"


@dataclass(frozen=True, slots=True)
class Between:
    """What already stands before the wanted cell, if writing it again in the style that is set is a move: else None."""

    from_cursor: str | None = None
    """From the cursor on, in the same row."""
    from_margin: str | None = None
    """From the first column on, in the row of the wanted cell."""


def move(dialect: Dialect, here: tuple[int | None, int | None], there: tuple[int, int], between: Between) -> str:
    """The shortest sequence from ``here``, whose parts are None where they are not known, to ``there``.

    A bare line feed is never used: some serial clients make a new line of it.
    """
    way = _by_cursor(dialect.columns, here, there)
    (_, from_y), (_, y) = here, there
    if between.from_margin is not None and from_y is not None and 0 <= y - from_y <= FEW_ROWS:
        way = min(way, "\r" + (y - from_y) * "\n" + between.from_margin, key=len)
    if between.from_cursor is not None:
        way = min(way, between.from_cursor, key=len)
    return way


@lru_cache(maxsize=1 << 16)
def _by_cursor(columns: bool, here: tuple[int | None, int | None], there: tuple[int, int]) -> str:
    """The shortest way that depends on nothing that is on the screen. The same few are gone again and again."""
    (from_x, from_y), (x, y) = here, there
    ways = [absolute(x, y)]
    if from_y is not None:
        down = y - from_y
        for vertical in _vertical(columns, down, y):
            ways += [vertical + across for across in _horizontal(columns, from_x, x)]
        if 0 <= down <= FEW_ROWS:
            ways += ["\r" + down * "\n" + across for across in _horizontal(columns, 0, x)]
    return min(ways, key=len)


def _vertical(columns: bool, distance: int, y: int) -> list[str]:
    if distance == 0:
        return [""]
    relative = _counted(abs(distance), "B" if distance > 0 else "A")
    return [relative, f"\x1b[{y + 1}d"] if columns else [relative]


def _horizontal(columns: bool, from_x: int | None, x: int) -> list[str]:
    if from_x == x:
        return [""]
    ways = ["\r" + (_counted(x, "C") if x else "")]
    if columns:
        ways.append(f"\x1b[{x + 1}G")
    if from_x is not None and x > from_x:
        ways.append(_counted(x - from_x, "C"))
    elif from_x is not None:
        ways += [_counted(from_x - x, "D"), "\b" * (from_x - x)]
    return ways


def _counted(count: int, final: str) -> str:
    return f"\x1b[{count}{final}" if count > 1 else f"\x1b[{final}"
