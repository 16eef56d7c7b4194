"""The first line: which system, which node, what time."""

from collections.abc import Sequence
from dataclasses import dataclass

from quantix_tui.console import glyphs
from quantix_tui.console.lines import Line, Role, cut, width_of
from quantix_tui.console.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class Heading:
    """``note`` is what stands beside the time, as in DEMO."""

    system: str
    node: str
    note: str
    time: str


class HeaderPanel(Panel):
    """The heading as the look frames it, with a joint over the columns' divider."""

    def __init__(self, heading: Heading) -> None:
        super().__init__(id="header")
        self._heading = heading
        self.divider = 0
        """Column of the divider below; 0 when there is none."""

    def show(self, heading: Heading) -> None:
        self._heading = heading
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        left, right = heading(self._heading, width)
        return self.look.frame.header(left, right, width, self.divider)


def heading(told: Heading, width: int) -> tuple[Line, Line]:
    """The two ends of the first line; the node's name gives way when there is no room."""
    bar = (f" {glyphs.BAR} ", Role.FRAME)
    right: Line = ((told.note, Role.WARN), bar) if told.note else ()
    right = (*right, (f"{told.time} ", Role.TEXT))
    system = f" {told.system}"
    room = width - len(system) - len(bar[0]) - 1 - width_of(right)
    left: Line = ((system, Role.TEXT), bar, (cut(told.node, max(8, room)), Role.STRONG))
    return left, right
