"""The newest events under the columns, one a line."""

from collections.abc import Sequence
from datetime import datetime

from quantix_tui.cluster.errors import Problem
from quantix_tui.cluster.text import harmless
from quantix_tui.console import glyphs, words
from quantix_tui.console.frames import Pane
from quantix_tui.console.lines import Line, Role, cut, opening
from quantix_tui.console.look import Look
from quantix_tui.console.widgets.panel import Panel
from quantix_tui.node.gateway.protocol import NodeEvent

TITLE: Line = (("EVENTS", Role.TITLE),)
_MARKS = {"error": (glyphs.MARK_BAD, Role.BAD), "warning": (glyphs.MARK_WARN, Role.WARN)}


class EventsPanel(Panel):
    """The title and the events."""

    def __init__(self) -> None:
        super().__init__(id="events")
        self.joint: tuple[int, str] | None = None
        """Where the divider above meets the rule, and the glyph for it."""
        self._events: Sequence[NodeEvent] | None = None
        self._problem: Problem | None = None
        self._today = datetime.now().astimezone()

    def show(self, events: Sequence[NodeEvent] | None, problem: Problem | None, today: datetime) -> None:
        self._events, self._problem, self._today = events, problem, today
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        look = self.look
        pane = Pane(TITLE, ruled=True, joint=self.joint)

        def body(inner: int, height: int) -> list[Line]:
            return events_lines(self._events, self._problem, self._today, inner, look)

        return look.frame.pane(pane, body, width, height)


def events_lines(
    events: Sequence[NodeEvent] | None, problem: Problem | None, today: datetime, width: int, look: Look
) -> list[Line]:
    if events is None:
        said = "asking ..." if problem is None else f"not known: {problem.message}"
        return [((f" {cut(said, width - 2)}", Role.DIM),)]
    if not events:
        return [((" none yet", Role.DIM),)]
    return [event_line(event, today, width, look) for event in events]


def event_line(event: NodeEvent, today: datetime, width: int, look: Look) -> Line:
    """Time, mark, message; a long message keeps its beginning, the whole is under Enter."""
    mark, role = _MARKS.get(event.level, (" ", Role.TEXT))
    # 2000 keeps all that a screen can show and bounds what a flood costs.
    message = opening(harmless(event.message, 2000), max(1, width - 13))
    text_role = Role.DIM if event.level == "debug" else Role.TEXT
    return (
        (f" {words.clock_time(event.timestamp, today)} ", Role.DIM),
        (f"{look.mark(mark)} ", role),
        (message, text_role),
    )
