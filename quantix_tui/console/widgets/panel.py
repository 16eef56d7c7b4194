"""The base of everything that is drawn: lines in, changed rows out. No markup, no layout after the first."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from quantix_tui.console.lines import BLANK, Line
from quantix_tui.console.look import STYLES


class Panel(Widget, inherit_bindings=False):
    """A fixed area of lines. :meth:`redraw` compares with what stands and repaints only the rows that differ."""

    ALLOW_SELECT = False
    grows: ClassVar[bool] = False
    """Whether the panel is as high as its lines are many, so that their number matters to the layout."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, classes=classes, markup=False)
        self._drawn: Sequence[Line] = ()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """What stands in the panel now; ``height`` 0 asks for all there is."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Compute the lines anew and repaint those that changed."""
        if not self.is_mounted or not self.size.width:
            return
        before, self._drawn = self._drawn, tuple(self.lines(self.size.width, self.size.height))
        if self.grows and len(before) != len(self._drawn):
            self.refresh(layout=True)
            return
        changed = [
            Region(0, y, self.size.width, 1)
            for y in range(min(max(len(before), len(self._drawn)), self.size.height))
            if _row(before, y) != _row(self._drawn, y)
        ]
        if changed:
            self.refresh(*changed)

    def on_resize(self) -> None:
        self._drawn = tuple(self.lines(self.size.width, self.size.height))
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.lines(width, 0))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        ground = self.rich_style
        segments = [Segment(words, ground + STYLES[role]) for words, role in _row(self._drawn, y)]
        return Strip(segments).adjust_cell_length(width, ground).simplify()

    def plain_lines(self) -> list[str]:
        """What is drawn, as text."""
        return ["".join(words for words, _ in line) for line in self._drawn]


def _row(lines: Sequence[Line], y: int) -> Line:
    return lines[y] if 0 <= y < len(lines) else BLANK
