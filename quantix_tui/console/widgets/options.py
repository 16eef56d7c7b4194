"""One row of a form that takes one of a few answers: ``Label  (*) this  ( ) that``."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from quantix_tui.console.lines import Role
from quantix_tui.console.look import look_of
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.console.widgets.field import LABEL

GAP, UNDER = 2, 4


class Options(Widget, can_focus=True):
    """Left, right and the space bar choose; what is chosen counts at once."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False),
        Binding("right,space", "move(1)", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down,enter", "app.focus_next", show=False),
    ]

    class Chosen(Message):
        """Another one is chosen now."""

        def __init__(self, options: "Options") -> None:
            super().__init__()
            self.options = options

    def __init__(self, label: str, options: Sequence[Choice], chosen: str, *, id: str) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, markup=False, classes="options")
        self._label = label
        self._options = options
        self._at = next((place for place, option in enumerate(options) if option.key == chosen), 0)

    @property
    def chosen(self) -> str:
        return self._options[self._at].key

    def choose(self, key: str) -> None:
        place = next(place for place, option in enumerate(self._options) if option.key == key)
        if place != self._at:
            self._at = place
            self.refresh()
            self.post_message(self.Chosen(self))

    def action_move(self, step: int) -> None:
        self.choose(self._options[(self._at + step) % len(self._options)].key)

    def on_click(self, event: events.Click) -> None:
        for (x, y), option in zip(self._places(self.size.width), self._options, strict=True):
            if y == event.y and x <= event.x < x + len(option.label) + 4:
                self.choose(option.key)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(y for _, y in self._places(width)) + 1

    def _places(self, width: int) -> list[tuple[int, int]]:
        """Column and row of each; on a further row where the first one is full, all under the label where one of them
        is longer than what is left beside it."""
        places: list[tuple[int, int]] = []
        sizes = [len(option.label) + 4 for option in self._options]
        beside = LABEL + max(sizes) <= width
        start = LABEL if beside else UNDER
        x, y = start, 0 if beside else 1
        for size in sizes:
            if x > start and x + size > width:
                x, y = start, y + 1
            places.append((x, y))
            x += size + GAP
        return places

    def render_line(self, y: int) -> Strip:
        ground = self.rich_style
        styles, signs = look_of(self).styles, look_of(self).signs
        focus = self.has_focus
        segments: list[Segment] = []
        column = 0
        if y == 0:
            segments = [
                Segment(signs.pointer if focus else " ", ground + styles[Role.KEY]),
                Segment(f" {self._label}", ground + styles[Role.STRONG if focus else Role.DIM]),
            ]
            column = len(self._label) + 2
        for place, ((x, row), option) in enumerate(zip(self._places(self.size.width), self._options, strict=True)):
            if row != y:
                continue
            chosen = place == self._at
            role = (Role.CURSOR if focus else Role.STRONG) if chosen else Role.TEXT
            words = f"({'*' if chosen else ' '}) {option.label}"
            segments += [Segment(" " * (x - column), ground), Segment(words, ground + styles[role])]
            column = x + len(words)
        return Strip(segments).adjust_cell_length(self.size.width, ground)
