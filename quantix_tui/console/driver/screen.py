"""The terminal as the driver knows it."""

from dataclasses import dataclass, replace

from .grid import Grid
from .style import Style


@dataclass(slots=True)
class Screen:
    """What the terminal shows, and its pen: None where it is not known."""

    grid: Grid
    x: int | None = None
    y: int | None = None
    style: Style | None = None
    shifted: bool = False
    """The DEC graphics set is switched on."""
    cursor_shown: bool | None = None
    settled: bool = True
    """The last frame was painted to its end."""

    def copy(self) -> "Screen":
        return replace(self, grid=self.grid.copy())

    def copy_row(self, y: int) -> "Screen":
        """A copy in which only the row ``y`` may be changed: the others are the same lists."""
        grid = self.grid
        text, styles = grid.text[:], grid.styles[:]
        text[y], styles[y] = text[y][:], styles[y][:]
        return replace(self, grid=Grid(grid.columns, grid.rows, text, styles))
