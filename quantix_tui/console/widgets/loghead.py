"""The line above a log: which one it is, what of it is shown, whether it is followed."""

from collections.abc import Sequence

from quantix_tui.console.lines import Line, Role, cut, spread
from quantix_tui.console.widgets.panel import Panel


class LogHead(Panel):
    """``what`` on the left; on the right how up to date it is."""

    def __init__(self) -> None:
        super().__init__(id="head")
        self._what = ""
        self._now: tuple[str, Role] = ("", Role.DIM)

    def show(self, what: str, now: str, role: Role) -> None:
        self._what, self._now = what, (now, role)
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        words, role = self._now
        what = cut(self._what, max(1, width - len(words) - 3))
        return [spread(((f" {what}", Role.STRONG),), ((f"{words} ", role),), width)]
