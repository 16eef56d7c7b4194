"""The checks of a join, a line each, as they become known."""

from collections.abc import Callable, Sequence

from quantix_tui.console.check_row import CheckRow
from quantix_tui.console.lines import Line, Role, cut, opening, rule, spread, wrap
from quantix_tui.console.look import Look
from quantix_tui.console.widgets.panel import Panel

MARK, NAME = 6, 14
MOST_LINES = 3
"""Of what one check has learnt."""


class CheckList(Panel):
    """A titled rule and the rows under it; before the first run the place tells what will happen."""

    grows = True

    def __init__(self, title: str, before: Callable[[int], Sequence[Line]] = lambda _: ()) -> None:
        """``before`` tells in a width what will happen."""
        super().__init__(id="checks")
        self._title = title
        self._before = before
        self._rows: Sequence[CheckRow] = ()

    def show(self, rows: Sequence[CheckRow]) -> None:
        """These rows; none brings back what stood before the first run."""
        self._rows = rows
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if not self._rows:
            return self._before(width)
        checked = [line for row in self._rows for line in check_lines(row, width, self.look)]
        return [rule(width, self._title), *checked]


def check_lines(row: CheckRow, width: int, look: Look) -> list[Line]:
    """The row; what was learnt goes on under itself where the width does not hold it."""
    name_role = Role.DIM if row.role is Role.DIM else Role.TEXT
    right: Line = ((f"{row.time:>8}", Role.DIM),) if row.time else ()
    room = max(1, width - MARK - NAME - (len(right[0][0]) + 1 if right else 0))
    failed = row.role in (Role.BAD, Role.WARN)
    # A failure is told in full under the rows; what was learnt stands here alone.
    told = [opening(row.told, room)] if failed else wrap(cut(row.told, MOST_LINES * room), room)[:MOST_LINES] or [""]
    left: Line = (
        (f"{look.mark(row.mark):<{MARK}}", row.role),
        (f"{row.name:<{NAME}}", name_role),
        (told[0], row.role if failed else name_role),
    )
    rest: list[Line] = [((" " * (MARK + NAME) + line, name_role),) for line in told[1:]]
    return [spread(left, right, width) if right else left, *rest]
