"""A list of which one is chosen: the cursor chooses, letters narrow it down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from quantix_tui.console.lines import Line, Role, cut, spread
from quantix_tui.console.widgets.cursor import under_cursor
from quantix_tui.console.widgets.panel import Panel
from quantix_tui.console.widgets.steps import more_words

MOST_SOUGHT = 40
MOST_ROWS = 6


@dataclass(frozen=True, slots=True)
class Pick:
    """``key`` is what is chosen, ``shown`` what stands for it, ``beside`` behind it where there is room for it.

    Both are searched.
    """

    key: str
    shown: str
    role: Role = Role.TEXT
    beside: str = ""


class PickList(Panel, can_focus=True):
    """The first row says what is sought and how many there are; Backspace takes a letter back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
        Binding("enter", "app.focus_next", show=False),
        Binding("backspace", "unseek", show=False),
        Binding("ctrl+u", "seek_all", show=False),
    ]

    class Picked(Message):
        """Another one is chosen now."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, label: str, picks: Sequence[Pick], chosen: str, *, id: str) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, classes="picklist")
        self._label = label
        self._picks = picks
        self._chosen = chosen
        self._sought = ""
        self._top = 0
        self._fit()

    def _fit(self) -> None:
        self.styles.height = min(MOST_ROWS, max(2, len(self._picks))) + 1

    @property
    def chosen(self) -> str:
        """Empty while nothing is."""
        return self._chosen

    def show(self, picks: Sequence[Pick]) -> None:
        """These from now on; what is chosen stays."""
        self._picks = picks
        self._fit()
        self._keep_in_sight()
        self.redraw()

    def choose(self, key: str) -> None:
        """This one, as if somebody had moved there."""
        self._choose(key)
        self._keep_in_sight()
        self.refresh()

    @property
    def _found(self) -> list[Pick]:
        words = self._sought.lower().split()
        return [pick for pick in self._picks if all(word in f"{pick.shown} {pick.beside}".lower() for word in words)]

    @property
    def _at(self) -> int:
        return next((place for place, pick in enumerate(self._found) if pick.key == self._chosen), -1)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters are for the search."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        if event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            self._seek((self._sought + event.character)[:MOST_SOUGHT])

    def action_unseek(self) -> None:
        self._seek(self._sought[:-1])

    def action_seek_all(self) -> None:
        self._seek("")

    def _seek(self, words: str) -> None:
        self._sought = words
        found = self._found
        if found and self._at < 0:
            self._choose(found[0].key)
        self._keep_in_sight()
        self.refresh()

    def action_move(self, step: int) -> None:
        found, at = self._found, self._at
        if step == -1 and at <= 0:
            self.screen.focus_previous()
        elif step == 1 and at == len(found) - 1:
            self.screen.focus_next()
        elif found:
            self._choose(found[min(len(found) - 1, max(0, at + step))].key)
            self._keep_in_sight()
            self.refresh()

    def action_page(self, step: int) -> None:
        self.action_move(step * max(2, self.size.height - 1))

    def _choose(self, key: str) -> None:
        if key != self._chosen:
            self._chosen = key
            self.post_message(self.Picked(key))

    def on_resize(self) -> None:
        self._keep_in_sight()
        super().on_resize()

    @property
    def chosen_row(self) -> int:
        return self.content_region.y + 1 + max(0, self._at) - self._top

    def lines(self, width: int, height: int) -> Sequence[Line]:
        found = self._found
        rows = max(1, height - 1)
        focus = self.has_focus
        pointer = self.look.signs.pointer if focus else " "
        sought = f"search: {self._sought}_" if focus else f"search: {self._sought}" if self._sought else ""
        more = self.look.text(more_words(self._top > 0, self._top + rows < len(found)))
        count = f"{len(found)} of {len(self._picks)}" if self._sought else str(len(self._picks))
        head: Line = (
            (pointer, Role.KEY),
            (f" {self._label:<16}", Role.STRONG if focus else Role.DIM),
            (sought or ("type to search" if focus else ""), Role.TEXT),
        )
        told = [spread(head, ((f"{count}  {more}".rstrip() + " ", Role.DIM),), width)]
        if not found:
            told.append(((cut("    nothing of that name; Backspace: a letter back", width), Role.WARN),))
            # What is chosen is so still: Next would take it.
            found = [pick for pick in self._picks if pick.key == self._chosen]
        for pick in found[self._top : self._top + rows]:
            chosen = pick.key == self._chosen
            words = f"   ({'*' if chosen else ' '}) {pick.shown}"
            whole = f"{words}  {pick.beside}"
            words = whole if pick.beside and len(whole) <= width else words
            told.append(((cut(words, width), Role.STRONG if chosen else pick.role),))
        return told

    def draw(self, line: Line, y: int, ground: Style) -> list[Segment]:
        segments = super().draw(line, y, ground)
        if not self.has_focus or y == 0 or y - 1 != self._at - self._top:
            return segments
        return under_cursor(segments, ground, self.look, self.size.width)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _keep_in_sight(self) -> None:
        rows, at = max(1, self.size.height - 1), max(0, self._at)
        if not self._top <= at < self._top + rows:
            # With what is around it, unless it was only one step away.
            self._top = at if at == self._top - 1 else at - rows + 1 if at == self._top + rows else at - rows // 2
        self._top = max(0, min(self._top, max(0, len(self._found) - rows)))
