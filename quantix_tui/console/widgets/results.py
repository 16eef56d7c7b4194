"""Groups of checks with a cursor: arrows and paging move it from check to check, Enter takes the one under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from quantix_tui.console.check_row import CheckRow
from quantix_tui.console.lines import Line, Role, rule, text
from quantix_tui.console.look import Look
from quantix_tui.console.widgets.checklist import check_lines
from quantix_tui.console.widgets.cursor import under_cursor
from quantix_tui.console.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class Group:
    """A titled rule and the checks under it."""

    title: str
    rows: tuple[CheckRow, ...]


Placed = tuple[Line, int | None]
"""A line, and the number of the check that it belongs to; None for a title."""


def placed(groups: Sequence[Group], width: int, look: Look) -> list[Placed]:
    """All lines. Checks are counted over the groups; what one has learnt goes on under itself."""
    lines: list[Placed] = []
    number = 0
    for group in groups:
        lines.append((rule(width, group.title), None))
        for row in group.rows:
            lines += [((((" ", Role.TEXT), *line)), number) for line in check_lines(row, width - 1, look)]
            number += 1
    return lines


class Results(Panel, can_focus=True):
    """Only the lines that are seen are drawn; the cursor stays where it is while results come in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home,g", "move(-100000)", show=False),
        Binding("end,G", "move(100000)", show=False),
        Binding("enter", "take", show=False),
    ]

    class Taken(Message):
        """Enter on the check of this number."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__(id="results")
        self._groups: Sequence[Group] = ()
        self._count = 0
        self._at = 0
        self._top = 0

    def show(self, groups: Sequence[Group]) -> None:
        self._groups = groups
        self._count = sum(len(group.rows) for group in groups)
        self._at = min(self._at, max(0, self._count - 1))
        self._keep_in_sight()
        self.redraw()

    def action_move(self, step: int) -> None:
        if self._count:
            self._at = min(self._count - 1, max(0, self._at + step))
            self._keep_in_sight()
            self.refresh()

    def action_page(self, step: int) -> None:
        self.action_move(step * max(1, self.size.height - 4))

    def action_take(self) -> None:
        if self._count:
            self.post_message(self.Taken(self._at))

    def on_resize(self) -> None:
        self._keep_in_sight()
        super().on_resize()

    @property
    def hidden(self) -> int:
        """How many lines there are more than are seen."""
        return max(0, len(self._placed()) - self.size.height)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if not self._groups:
            return [text(" finding out what there is to test ...", Role.DIM)]
        return [line for line, _ in placed(self._groups, width, self.look)[self._top : self._top + height]]

    def draw(self, line: Line, y: int, ground: Style) -> list[Segment]:
        segments = super().draw(line, y, ground)
        lines = self._placed()
        place = self._top + y
        if not segments or place >= len(lines) or lines[place][1] != self._at:
            return segments
        first = place == 0 or lines[place - 1][1] != self._at
        return under_cursor(segments, ground, self.look, self.size.width, pointer=first)

    def _placed(self) -> list[Placed]:
        return placed(self._groups, max(1, self.size.width), self.look)

    def _keep_in_sight(self) -> None:
        """All lines of the check under the cursor, and the title above the first check of a group."""
        height = max(1, self.size.height)
        own = [place for place, (_, number) in enumerate(self._placed()) if number == self._at]
        if not own:
            self._top = 0
            return
        first = own[0] - (1 if own[0] and self._placed()[own[0] - 1][1] is None else 0)
        self._top = min(max(self._top, own[-1] - height + 1), first)
