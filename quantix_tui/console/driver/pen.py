"""The terminal's pen: where it stands and how it writes, changed by the fewest bytes."""

from . import sgr
from .dialect import SHIFT_IN, SHIFT_OUT, Dialect
from .grid import BLANK, COVERED
from .moves import Between, move
from .screen import Screen
from .style import Style, blank_looks

FAR = 8
"""Cells beyond which writing over what stands there is never the cheapest move."""


class Pen:
    """What is to be sent so far; ``screen`` is as it is after that."""

    def __init__(self, screen: Screen, dialect: Dialect) -> None:
        self.screen = screen
        self.dialect = dialect
        self.out: list[str] = []
        self.cost = 0

    def send(self, data: str) -> None:
        self.out.append(data)
        self.cost += len(data) if data.isascii() else len(data.encode(self.dialect.encoding, "replace"))

    def blank_style(self, blank: Style, following: Style | None = None) -> Style:
        """A style that a blank looks the same in: that which is set, or that of what follows, if one will do."""
        pen = self.screen.style
        if pen is not None and blank_looks(blank, pen):
            return pen
        return following if following is not None and blank_looks(blank, following) else blank

    def go_and_set(self, x: int, y: int, style: Style) -> None:
        """Move and set the style, in the order in which more of what stands between can be written over."""
        pen = self.screen.style
        if pen != style and len(self._way(x, y, style)) < len(self._way(x, y, pen)):
            self.set(style)
        self.move(x, y)
        self.set(style)

    def set(self, style: Style) -> None:
        if self.screen.style != style:
            self.send(sgr.change(self.screen.style, style, self.dialect.single_offs))
            self.screen.style = style

    def shift(self, out: bool) -> None:
        if self.screen.shifted != out:
            self.send(SHIFT_OUT if out else SHIFT_IN)
            self.screen.shifted = out

    def move(self, x: int, y: int) -> None:
        self.send(self._way(x, y, self.screen.style))
        self.screen.x, self.screen.y = x, y

    def _way(self, x: int, y: int, pen: Style | None) -> str:
        screen = self.screen
        if (screen.x, screen.y) == (x, y):
            return ""
        from_cursor = None
        if screen.x is not None and screen.y == y:
            from_cursor = self._standing(screen.x, x, y, pen)
        between = Between(from_cursor, self._standing(0, x, y, pen))
        return move(self.dialect, (screen.x, screen.y), (x, y), between)

    def _standing(self, start: int, x: int, y: int, pen: Style | None) -> str | None:
        """What stands from ``start`` to ``x``, if it is short and writing it again in ``pen`` changes nothing."""
        screen = self.screen
        if not 0 <= x - start <= FAR or pen is None or screen.grid.text[y][x] == COVERED:
            return None
        text, styles = screen.grid.text[y][start:x], screen.grid.styles[y][start:x]
        for cluster, style in zip(text, styles, strict=True):
            if not cluster.isascii() or not cluster or (screen.shifted and cluster != BLANK):
                return None
            if style != pen and not (cluster == BLANK and blank_looks(style, pen)):
                return None
        return "".join(text)
