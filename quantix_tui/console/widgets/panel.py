"""The base of everything that is drawn: lines in, changed rows out. No markup, no layout after the first."""

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._compositor import CompositorUpdate
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from quantix_tui.console.lines import BLANK, Line
from quantix_tui.console.look import Look, look_of

TICKING = 3
"""Rows that may change in one tick: the state's age, the heartbeat's, the next attempt."""


class Panel(Widget, inherit_bindings=False):
    """An area of lines. :meth:`redraw` compares with what stands and repaints only the rows that differ.

    A panel has neither border nor padding (a margin sets it off), so it keeps its rows itself and hands them to
    Textual as they are: the tick of a second then costs a fraction of what the general way costs.
    """

    ALLOW_SELECT = False
    grows: bool = False
    """Whether the panel is as high as its lines are many, so that their number matters to the layout."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, classes=classes, markup=False)
        self._drawn: Sequence[Line] = ()
        self._strips: list[Strip | None] = []
        self._ground: Style | None = None

    @property
    def look(self) -> Look:
        return look_of(self)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """What stands in the panel now; ``height`` 0 asks for all there is."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Compute the lines anew and repaint those that changed."""
        size = self.size
        if not self.is_mounted:
            return
        if not size.width:
            if self.grows:
                # It may have been measured already, with what it said before.
                self._measure_anew()
            return
        before, self._drawn = self._drawn, self._compute()
        if self.grows and len(before) != len(self._drawn):
            self._measure_anew()
            return
        changed = [
            y
            for y in range(min(max(len(before), len(self._drawn)), size.height))
            if _line(before, y) != _line(self._drawn, y)
        ]
        if changed:
            for y in changed:
                if y < len(self._strips):
                    self._strips[y] = None
            self._repaint(changed)

    def _measure_anew(self) -> None:
        # Textual keeps measures by this number, and does not count on while an earlier layout is yet to come: what was
        # measured for that one would stand for this one too.
        self._layout_updates += 1
        self.refresh(layout=True)

    def _repaint(self, rows: Sequence[int]) -> None:
        """Bring the rows to the terminal.

        A few rows in sight, nothing else waiting to be drawn: that is the tick of a second. They go out directly,
        because the way through the compositor looks at every widget and costs ten times as much, for ever.
        """
        place = self.region
        in_sight = self.app.screen is self.screen and self.screen.region.contains_region(place)
        if len(rows) <= TICKING and in_sight and not self._repaint_required:
            update = RowsUpdate([(place.x, place.y + y, self._row(y)) for y in rows])
            self.app._display(self.screen, update)
        else:
            super().refresh(*(Region(0, y, place.width, 1) for y in rows))

    def on_resize(self) -> None:
        self._forget()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._forget()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> "Panel":
        """Repaint all of it: what is asked for from outside is worth every row."""
        self._forget()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.lines(width, 0))

    def render_lines(self, crop: Region) -> list[Strip]:
        size = self.size
        if self._ground is None:
            self._ground = self.rich_style
            self._drawn = self._compute()
        rows = [self._row(y) for y in range(crop.y, min(crop.bottom, size.height))]
        return rows if crop.x == 0 and crop.width == size.width else [row.crop(crop.x, crop.right) for row in rows]

    def draw(self, line: Line, y: int, ground: Style) -> list[Segment]:
        """The row ``y`` in styles; a subclass may make one row stand out."""
        return self.look.segments(line, ground)

    def plain_lines(self) -> list[str]:
        """What is drawn, as text."""
        return ["".join(words for words, _ in line) for line in self._drawn]

    def _compute(self) -> tuple[Line, ...]:
        # What may grow says how much there is, not what fits into the height of before.
        return tuple(self.lines(self.size.width, 0 if self.grows else self.size.height))

    def _row(self, y: int) -> Strip:
        if len(self._strips) != self.size.height:
            self._strips = [None] * self.size.height
        row = self._strips[y]
        if row is None:
            ground = self._ground or self.rich_style
            row = Strip(self.draw(_line(self._drawn, y), y, ground)).adjust_cell_length(self.size.width, ground)
            for line_filter in self.get_line_filters():
                row = row.apply_filter(line_filter, self.background_colors[1])
            self._strips[y] = row
        return row

    def _forget(self) -> None:
        self._strips = []
        self._ground = None


class RowsUpdate(CompositorUpdate):
    """Rows of one panel (column, line, content), as the compositor would send them."""

    def __init__(self, rows: Sequence[tuple[int, int, Strip]]) -> None:
        self._rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for x, y, strip in self._rows:
            yield Control.move_to(x, y)
            yield from strip

    def render_segments(self, console: Console) -> str:
        return "".join(Control.move_to(x, y).segment.text + strip.render(console) for x, y, strip in self._rows)


def _line(lines: Sequence[Line], y: int) -> Line:
    return lines[y] if 0 <= y < len(lines) else BLANK
