"""A list with a cursor: arrows and paging move it, Enter takes the row under it. Only the rows in sight are drawn."""

from abc import abstractmethod
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType

from quantix_tui.console.lines import Line
from quantix_tui.console.widgets.cursor import under_cursor
from quantix_tui.console.widgets.panel import Panel


class RowList(Panel, can_focus=True):
    """``at`` is the number of the row under the cursor, ``top`` that of the first line in sight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home,g", "move(-100000)", show=False),
        Binding("end,G", "move(100000)", show=False),
        Binding("enter", "take", show=False),
    ]

    def __init__(self, *, id: str = "list") -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.at = 0
        self.top = 0

    @property
    @abstractmethod
    def count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def take(self, at: int) -> None:
        """Enter on a row."""

    def go_to(self, at: int) -> None:
        """Put the cursor on a row, or on the nearest one there is."""
        self.at = min(max(0, self.count - 1), max(0, at))
        self.keep_in_sight()

    def action_move(self, step: int) -> None:
        if self.count:
            self.go_to(self.at + step)
            self.refresh()

    def action_page(self, step: int) -> None:
        self.action_move(step * max(1, self.size.height - 1))

    def action_take(self) -> None:
        if self.count:
            self.take(self.at)

    def on_resize(self) -> None:
        self.keep_in_sight()
        super().on_resize()

    @property
    def chosen_row(self) -> int:
        """The row of the screen where the cursor stands: on a slow line it is sent before the others."""
        return self.content_region.y + self.at - self.top

    def draw(self, line: Line, y: int, ground: Style) -> list[Segment]:
        segments = super().draw(line, y, ground)
        chosen = self.cursor_lines()
        if not self.count or y + self.top not in chosen:
            return segments
        return under_cursor(segments, ground, self.look, self.size.width, pointer=y + self.top == chosen.start)

    def cursor_lines(self) -> range:
        """The lines of the row under the cursor, counted from the top of the list."""
        return range(self.at, self.at + 1)

    def keep_in_sight(self) -> None:
        height = max(1, self.size.height)
        self.top = min(max(self.top, self.at - height + 1), self.at)
