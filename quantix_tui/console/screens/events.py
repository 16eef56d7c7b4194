"""All events of the node, newest first; Enter shows one whole."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.types import CSSPathType

from quantix_tui.console import words
from quantix_tui.console.clock import Clock
from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.screens.page import PageScreen
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.view import NodeView
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.eventlist import EventList
from quantix_tui.console.widgets.keybar import KeyBar
from quantix_tui.node.gateway.protocol import NodeEvent

_KEYS = (("Up Down PgUp PgDn", "Move"), ("Enter", "Whole"), ("F5", "Refresh"), ("Esc", "Back"))


class EventsScreen(Dialogue[None]):
    """Follows the view: new events come in at the top."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["dialogue.tcss", "events.tcss"]

    def __init__(self, view: NodeView, clock: Clock) -> None:
        super().__init__(clock)
        self._view = view

    def compose(self) -> ComposeResult:
        yield Box(EventList(self.clock), KeyBar(_KEYS), title="Events")

    def on_mount(self) -> None:
        self.view_changed(self._view)
        self.set_focus(self.query_one(EventList))

    def view_changed(self, view: NodeView) -> None:
        rows = view.events.value if view.events else None
        problem = view.events_problem
        said = "none yet" if rows is not None else "asking ..." if problem is None else problem.message
        self.query_one(EventList).show(rows, said)
        bar = self.query_one(KeyBar)
        if problem is not None and rows is not None and view.events is not None:
            age = words.ago(view.events.age(self.clock.monotonic()))
            bar.tell(f"Not up to date, read {age}: {problem.message}", Role.WARN)
        else:
            bar.tell("")

    def on_event_list_taken(self, event: EventList.Taken) -> None:
        event.stop()
        self.app.push_screen(PageScreen("Event", event_lines(event.event), self.clock))


def event_lines(event: NodeEvent) -> list[Paragraph | tuple[tuple[str, Role], ...]]:
    when = words.moment(event.timestamp)
    time = f"{when:%Y-%m-%d %H:%M:%S}" if when else event.timestamp
    return [
        ((f"{'Time':<10}", Role.DIM), (time, Role.TEXT)),
        ((f"{'Level':<10}", Role.DIM), (event.level, Role.TEXT)),
        ((f"{'Category':<10}", Role.DIM), (event.category, Role.TEXT)),
        BLANK,
        Paragraph(event.message),
    ]
