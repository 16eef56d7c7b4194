"""How the panes of the dashboard are set apart: by rules and a divider, or by a box around each. Pure functions.

A pane's body does not know which: it is asked for lines in the room that is left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from quantix_tui.console import glyphs
from quantix_tui.console.lines import BLANK, Line, Role, clip, rule, spread, width_of

Body = Callable[[int, int], Sequence[Line]]
"""The lines of a pane in a width and a height; height 0 asks for all there is."""


@dataclass(frozen=True, slots=True)
class Pane:
    """A pane's title, and where it lies among the others as far as the lines between them matter."""

    title: Line
    edge: Role = Role.FRAME
    """What its frame says, where there is a frame."""
    divided: bool = False
    """Another one lies on its right."""
    ruled: bool = False
    """Another one lies above."""
    joint: tuple[int, str] | None = None
    """Column in which the divider of those above ends, and the glyph for it."""


class Frame(Protocol):
    """The way in which a look sets panes apart."""

    def header(self, left: Line, right: Line, width: int, divider: int) -> list[Line]:
        """The first lines of the screen; ``divider`` is the column of the divider below, 0 when there is none."""
        ...

    def pane(self, pane: Pane, body: Body, width: int, height: int) -> list[Line]:
        """The body in its frame, as high as it is when ``height`` is 0."""
        ...


class Ruled:
    """Rules between the panes and a divider between the columns: the fewest cells that are not text."""

    def header(self, left: Line, right: Line, width: int, divider: int) -> list[Line]:
        joints = ((divider, glyphs.TEE_DOWN),) if 0 < divider < width - 1 else ()
        return [on_bar(spread(left, right, width), width), rule(width, marks=joints)]

    def pane(self, pane: Pane, body: Body, width: int, height: int) -> list[Line]:
        top = [rule(width, marks=(pane.joint,) if pane.joint else ())] if pane.ruled else []
        inner = width - 1 if pane.divided else width
        room = max(1, height - len(top) - 1) if height else 0
        lines = [clip(((" ", Role.TITLE), *pane.title), inner), *body(inner, room)]
        if pane.divided:
            lines = _with_divider(lines, width, height - len(top))
        return [*top, *lines]


class Boxed:
    """A box around each pane, its title in the upper edge; the edge may take the colour of what it holds."""

    def header(self, left: Line, right: Line, width: int, divider: int) -> list[Line]:
        return [on_bar(spread(left, right, width), width)]

    def pane(self, pane: Pane, body: Body, width: int, height: int) -> list[Line]:
        inner, edge = max(1, width - 2), pane.edge
        lines = list(body(inner, max(1, height - 2) if height else 0))
        if height:
            lines = lines[: max(0, height - 2)]
            lines += [BLANK] * (height - 2 - len(lines))
        named = clip(pane.title, max(0, inner - 4))
        rest = inner - 3 - width_of(named)
        return [
            (("╭─ ", edge), *named, (f" {'─' * max(0, rest)}╮", edge)),
            *(_between(line, inner, edge) for line in lines),
            ((f"╰{'─' * inner}╯", edge),),
        ]


_ON_BAR = {
    Role.TEXT: Role.BAR,
    Role.DIM: Role.BAR,
    Role.STRONG: Role.BAR_STRONG,
    Role.WARN: Role.BAR_STRONG,
    Role.FRAME: Role.BAR_FRAME,
    Role.KEY: Role.CAP,
}


def on_bar(line: Line, width: int) -> Line:
    """The line as a bar across the screen."""
    line = clip(line, width)
    return (*((words, _ON_BAR.get(role, role)) for words, role in line), (" " * (width - width_of(line)), Role.BAR))


def _between(line: Line, inner: int, edge: Role) -> Line:
    line = clip(line, inner)
    return (("│", edge), *line, (" " * (inner - width_of(line)), Role.TEXT), ("│", edge))


def _with_divider(lines: Sequence[Line], width: int, height: int) -> list[Line]:
    filled = [*lines, *[BLANK] * (height - len(lines))]
    return [(*line, (" " * (width - 1 - width_of(line)), Role.TEXT), (glyphs.BAR, Role.FRAME)) for line in filled]
