"""All events with a cursor: arrows and paging move it, Enter takes the event under it."""

from collections.abc import Sequence

from textual.message import Message

from quantix_tui.console.clock import Clock
from quantix_tui.console.lines import Line, Role, clip, text
from quantix_tui.console.widgets.events import event_line
from quantix_tui.console.widgets.rowlist import RowList
from quantix_tui.node.gateway.protocol import NodeEvent


class EventList(RowList):
    """The cursor stays on its event when newer ones arrive."""

    class Taken(Message):
        """Enter on an event."""

        def __init__(self, event: NodeEvent) -> None:
            super().__init__()
            self.event = event

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._events: Sequence[NodeEvent] | None = None
        self._said = "asking ..."

    @property
    def count(self) -> int:
        return len(self._events or ())

    def take(self, at: int) -> None:
        if self._events:
            self.post_message(self.Taken(self._events[at]))

    def show(self, rows: Sequence[NodeEvent] | None, said: str) -> None:
        """``said`` stands where there is no event."""
        kept = self._events[self.at].event_id if self._events else None
        self._events, self._said = rows, said
        places = [place for place, event in enumerate(rows or ()) if event.event_id == kept]
        self.go_to(places[0] if places and self.at else 0)
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if not self._events:
            return [text(f" {self._said}", Role.DIM)]
        today = self._clock.wall()
        seen = self._events[self.top : self.top + height]
        return [clip(event_line(event, today, width, self.look), width) for event in seen]
