"""The cheapest way for the cursor from one cell to another."""

from dataclasses import dataclass

from .dialect import Dialect


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
    (from_x, from_y), (x, y) = here, there
    ways = [absolute(x, y)]
    if from_y is not None:
        down = y - from_y
        for vertical in _vertical(dialect, down, y):
            ways += [vertical + across for across in _horizontal(dialect, from_x, x)]
        if 0 <= down <= 3:
            across = _horizontal(dialect, 0, x)
            if between.from_margin is not None:
                across.append(between.from_margin)
            ways += ["\r" + down * "\n" + way for way in across]
        if between.from_cursor is not None:
            ways.append(between.from_cursor)
    return min(ways, key=len)


def _vertical(dialect: Dialect, distance: int, y: int) -> list[str]:
    if distance == 0:
        return [""]
    relative = _counted(abs(distance), "B" if distance > 0 else "A")
    return [relative, f"\x1b[{y + 1}d"] if dialect.columns else [relative]


def _horizontal(dialect: Dialect, from_x: int | None, x: int) -> list[str]:
    if from_x == x:
        return [""]
    ways = ["\r" + (_counted(x, "C") if x else "")]
    if dialect.columns:
        ways.append(f"\x1b[{x + 1}G")
    if from_x is not None and x > from_x:
        ways.append(_counted(x - from_x, "C"))
    elif from_x is not None:
        ways += [_counted(from_x - x, "D"), "\b" * (from_x - x)]
    return ways


def _counted(count: int, final: str) -> str:
    return f"\x1b[{count}{final}" if count > 1 else f"\x1b[{final}"
