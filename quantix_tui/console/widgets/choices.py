"""A line of choices, ``[ Text ]`` each: one has the bar, Enter takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Choice:
    """``key`` is what :class:`Choices.Chosen` carries; ``label`` what stands in the brackets."""

    key: str
    label: str


class Choices(Widget, can_focus=True):
    """The first choice is the one selected at first: put the harmless one there."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("tab", "tab(1)", show=False),
        Binding("shift+tab", "tab(-1)", show=False),
        Binding("enter,space", "take", show=False),
    ]

    class Chosen(Message):
        """A choice was taken."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str = "choices", aside: str = "") -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, markup=False)
        self._choices: Sequence[Choice] = ()
        self._at = 0
        self._aside = aside

    def offer(self, choices: Sequence[Choice], selected: int = 0) -> None:
        """Show these from now on."""
        self._choices = choices
        self._at = selected
        self.can_focus = bool(choices)
        self.refresh(layout=True)

    @property
    def selected(self) -> str | None:
        return self._choices[self._at].key if self._choices else None

    def labels(self) -> list[str]:
        return [choice.label for choice in self._choices]

    def action_move(self, step: int) -> None:
        if self._choices:
            self._at = (self._at + step) % len(self._choices)
            self.refresh()

    def action_tab(self, step: int) -> None:
        """Tab goes through the choices first, then on to the next widget."""
        if 0 <= self._at + step < len(self._choices):
            self._at += step
            self.refresh()
        elif step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_take(self) -> None:
        if self._choices:
            self.post_message(self.Chosen(self._choices[self._at].key))

    def on_click(self, event: events.Click) -> None:
        for index, (x, y) in enumerate(self._places(self.size.width)):
            if y == event.y and x <= event.x < x + len(self._choices[index].label) + 4:
                self._at = index
                self.refresh()
                self.action_take()
                return

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max((y for _, y in self._places(width)), default=0) + 1

    def render_line(self, y: int) -> Strip:
        ground = self.rich_style
        styles, signs = look_of(self).styles, look_of(self).signs
        places = self._places(self.size.width)
        segments: list[Segment] = []
        column = 0
        for index, (x, row) in enumerate(places):
            if row != y:
                continue
            choice = self._choices[index]
            selected = index == self._at
            role = (Role.CURSOR if self.has_focus else Role.CHOSEN) if selected else Role.CHOICE
            left, right = signs.chosen if selected else signs.choice
            segments += [
                Segment(" " * (x - column), ground),
                Segment(f"{left}{choice.label}{right}", ground + styles[role]),
            ]
            column = x + len(choice.label) + 4
        gap = self.size.width - column - len(self._aside) - 1
        if gap > 0 and y == max((row for _, row in places), default=0):
            segments += [Segment(" " * gap, ground), Segment(self._aside, ground + styles[Role.DIM])]
        return Strip(segments).adjust_cell_length(self.size.width, ground)

    def _places(self, width: int) -> list[tuple[int, int]]:
        """Column and row of each choice: side by side, on a further row where the first one is full."""
        places: list[tuple[int, int]] = []
        x, y = 1, 0
        for choice in self._choices:
            size = len(choice.label) + 4
            if x > 1 and x + size > width:
                x, y = 1, y + 1
            places.append((x, y))
            x += size + 2
        return places
