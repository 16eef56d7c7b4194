"""The first line: which system, which node, what time."""

from collections.abc import Sequence
from dataclasses import dataclass

from quantix_tui.console import glyphs
from quantix_tui.console.lines import Line, Role, cut, rule, spread
from quantix_tui.console.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class Heading:
    """``note`` is what stands beside the time, as in DEMO."""

    system: str
    node: str
    note: str
    time: str


class HeaderPanel(Panel):
    """Two lines: the heading and the rule below it, with a joint over the columns' divider."""

    def __init__(self, heading: Heading) -> None:
        super().__init__(id="header")
        self._heading = heading
        self.divider = 0
        """Column of the divider below; 0 when there is none."""

    def show(self, heading: Heading) -> None:
        self._heading = heading
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        return heading_lines(self._heading, width, self.divider)


def heading_lines(heading: Heading, width: int, divider: int) -> list[Line]:
    bar = (f" {glyphs.BAR} ", Role.FRAME)
    right: Line = ((heading.note, Role.WARN), bar) if heading.note else ()
    right = (*right, (f"{heading.time} ", Role.TEXT))
    room = width - len(heading.system) - len(heading.note) - len(heading.time) - 10
    left: Line = ((f" {heading.system}", Role.TEXT), bar, (cut(heading.node, max(8, room)), Role.STRONG))
    joints = ((divider, glyphs.TEE_DOWN),) if 0 < divider < width - 1 else ()
    return [spread(left, right, width), rule(width, marks=joints)]
