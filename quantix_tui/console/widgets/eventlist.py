"""All events with a cursor: arrows and paging move it, Enter takes the event under it."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from quantix_tui.console.clock import Clock
from quantix_tui.console.lines import Line, Role, clip, text
from quantix_tui.console.widgets.cursor import under_cursor
from quantix_tui.console.widgets.events import event_line
from quantix_tui.console.widgets.panel import Panel
from quantix_tui.node.gateway.protocol import NodeEvent


class EventList(Panel, can_focus=True):
    """Only the rows that are seen are drawn; the cursor stays on its event when newer ones arrive."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home,g", "move(-100000)", show=False),
        Binding("end,G", "move(100000)", show=False),
        Binding("enter", "take", show=False),
    ]

    class Taken(Message):
        """Enter on an event."""

        def __init__(self, event: NodeEvent) -> None:
            super().__init__()
            self.event = event

    def __init__(self, clock: Clock) -> None:
        super().__init__(id="list")
        self._clock = clock
        self._events: Sequence[NodeEvent] | None = None
        self._said = "asking ..."
        self._at = 0
        self._top = 0

    def show(self, rows: Sequence[NodeEvent] | None, said: str) -> None:
        """``said`` stands where there is no event."""
        kept = self._events[self._at].event_id if self._events else None
        self._events, self._said = rows, said
        places = [place for place, event in enumerate(rows or ()) if event.event_id == kept]
        at_top = self._at == 0
        self._at = 0 if at_top or not places else places[0]
        self._keep_in_sight()
        self.redraw()

    def action_move(self, step: int) -> None:
        if self._events:
            self._at = min(len(self._events) - 1, max(0, self._at + step))
            self._keep_in_sight()
            self.refresh()

    def action_page(self, step: int) -> None:
        self.action_move(step * max(1, self.size.height - 1))

    def action_take(self) -> None:
        if self._events:
            self.post_message(self.Taken(self._events[self._at]))

    def on_resize(self) -> None:
        self._keep_in_sight()
        super().on_resize()

    @property
    def chosen_row(self) -> int:
        """The row of the screen where the selected event stands: on a slow line it is sent before the others."""
        return self.content_region.y + self._at - self._top

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if not self._events:
            return [text(f" {self._said}", Role.DIM)]
        today = self._clock.wall()
        seen = self._events[self._top : self._top + height]
        return [clip(event_line(event, today, width, self.look), width) for event in seen]

    def draw(self, line: Line, y: int, ground: Style) -> list[Segment]:
        segments = super().draw(line, y, ground)
        if not self._events or y != self._at - self._top:
            return segments
        return under_cursor(segments, ground, self.look, self.size.width)

    def _keep_in_sight(self) -> None:
        height = max(1, self.size.height)
        self._top = min(max(self._top, self._at - height + 1), self._at)
