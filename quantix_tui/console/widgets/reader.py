"""A long text with a place in it: arrows and paging keys scroll."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from quantix_tui.console.lines import Line, Role, spread
from quantix_tui.console.widgets.panel import Panel
from quantix_tui.console.widgets.steps import more_words

Measured = Callable[[int], Sequence[Line]]


class Reader(Panel, can_focus=True):
    """Its last row says whether there is more."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home", "scroll(-100000)", show=False),
        Binding("end", "scroll(100000)", show=False),
        Binding("enter", "app.focus_next", show=False),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._text: Measured = lambda _: ()
        self._top = 0

    def show(self, text: Measured) -> None:
        """``text`` gives its lines in a width."""
        self._text = text
        self._top = 0
        self.refresh()

    def action_scroll(self, step: int) -> None:
        last = max(0, len(self._text(self.size.width)) - self._rows)
        before, self._top = self._top, min(last, max(0, self._top + step))
        if self._top != before:
            self.refresh()
        elif abs(step) == 1:
            (self.screen.focus_next if step > 0 else self.screen.focus_previous)()

    def action_page(self, step: int) -> None:
        self.action_scroll(step * max(2, self._rows - 1))

    @property
    def _rows(self) -> int:
        return max(1, self.size.height - 1)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        text = list(self._text(width))
        rows = max(1, height - 1)
        seen = text[self._top : self._top + rows]
        more = self.look.text(more_words(self._top > 0, self._top + rows < len(text)))
        pointer = self.look.signs.pointer if self.has_focus and more else " "
        blank = [()] * (rows - len(seen))
        told = f"{more}: Up Down PgUp PgDn" if more else ""
        return [*seen, *blank, spread(((pointer, Role.KEY), (f" {told}", Role.DIM)), (), width)]

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
