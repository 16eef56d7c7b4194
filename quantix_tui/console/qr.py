"""A QR code in characters: dark on light with its quiet zone, whatever the terminal's own colours are. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from quantix_tui.console.lines import Line, Role

QUIET_ZONES = (4, 2)
"""Light modules around it: what the standard asks for (ISO/IEC 18004, 6.3.8), and what phones still read."""

Modules = Sequence[Sequence[bool]]
"""Rows of dark (True) and light ones."""

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_lines(text: str, width: int, height: int, *, halves: bool) -> list[Line] | None:
    """The code of ``text`` in at most so many cells, None where it needs more.

    ``halves``: the terminal has half blocks, two modules in a cell; else a module is two blank cells, light ones in
    the role for it and dark ones in none.
    """
    return next((lines for quiet in QUIET_ZONES if (lines := _fitting(text, quiet, width, height, halves))), None)


def modules(text: str, quiet: int) -> Modules:
    """The code with ``quiet`` light modules around it, in the fewest that hold the text."""
    import segno

    inner = segno.make(text, error="l", micro=False).matrix
    side = len(inner) + 2 * quiet
    empty = [[False] * side for _ in range(quiet)]
    middle = [[False] * quiet + [bool(module) for module in row] + [False] * quiet for row in inner]
    return [*empty, *middle, *empty]


def _fitting(text: str, quiet: int, width: int, height: int, halves: bool) -> list[Line] | None:
    drawn = (_half_blocks if halves else _double_spaces)(modules(text, quiet))
    wide = max(sum(len(words) for words, _ in line) for line in drawn)
    return drawn if wide <= width and len(drawn) <= height else None


def _half_blocks(code: Modules) -> list[Line]:
    rows = [*code] if len(code) % 2 == 0 else [*code, [False] * len(code[0])]
    pairs = [pair for place, pair in enumerate(pairwise(rows)) if place % 2 == 0]
    return [(("".join(_HALVES[both] for both in zip(*pair, strict=True)), Role.CODE),) for pair in pairs]


def _double_spaces(code: Modules) -> list[Line]:
    return [tuple(("  ", Role.TEXT if dark else Role.CODE) for dark in row) for row in code]
