"""Groups of checks with a cursor: arrows and paging move it from check to check, Enter takes the one under it."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from quantix_tui.console.check_row import CheckRow
from quantix_tui.console.lines import Line, Role, rule, text
from quantix_tui.console.look import Look
from quantix_tui.console.widgets.checklist import check_lines
from quantix_tui.console.widgets.rowlist import RowList


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


class Results(RowList):
    """A row is a check, of as many lines as it needs; the cursor stays where it is while results come in."""

    class Taken(Message):
        """Enter on the check of this number."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__(id="results")
        self._groups: Sequence[Group] = ()

    @property
    def count(self) -> int:
        return sum(len(group.rows) for group in self._groups)

    def take(self, at: int) -> None:
        self.post_message(self.Taken(at))

    def show(self, groups: Sequence[Group]) -> None:
        self._groups = groups
        self.go_to(self.at)
        self.redraw()

    def action_page(self, step: int) -> None:
        # A check may have several lines.
        self.action_move(step * max(1, self.size.height - 4))

    @property
    def hidden(self) -> int:
        """How many lines there are more than are seen."""
        return max(0, len(self._placed()) - self.size.height)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if not self._groups:
            return [text(" finding out what there is to test ...", Role.DIM)]
        return [line for line, _ in placed(self._groups, width, self.look)[self.top : self.top + height]]

    def cursor_lines(self) -> range:
        own = [place for place, (_, number) in enumerate(self._placed()) if number == self.at]
        return range(own[0], own[-1] + 1) if own else range(0)

    def _placed(self) -> list[Placed]:
        return placed(self._groups, max(1, self.size.width), self.look)

    def keep_in_sight(self) -> None:
        """All lines of the check under the cursor, and the title above the first check of a group."""
        height = max(1, self.size.height)
        own = self.cursor_lines()
        title_above = own.start > 0 and self._placed()[own.start - 1][1] is None
        self.top = min(max(self.top, own.stop - height), own.start - title_above)
