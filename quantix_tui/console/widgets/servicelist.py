"""The services of the node, one a row, with a cursor."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from quantix_tui.cluster import spans
from quantix_tui.cluster.text import harmless
from quantix_tui.console import glyphs, words
from quantix_tui.console.lines import Line, Role, clip, cut, opening, paragraph
from quantix_tui.console.look import Look
from quantix_tui.console.widgets.panel import Panel
from quantix_tui.host.node_services.state import Run, Service

MARKS: dict[Run, tuple[str, Role]] = {
    Run.RUNNING: (glyphs.MARK_GOOD, Role.GOOD),
    Run.DONE: (glyphs.MARK_GOOD, Role.GOOD),
    Run.STARTING: (glyphs.MARK_WARN, Role.WARN),
    Run.STOPPING: (glyphs.MARK_WARN, Role.WARN),
    Run.STOPPED: (glyphs.MARK_CALM, Role.DIM),
    Run.FAILED: (glyphs.MARK_BAD, Role.BAD),
    Run.MISSING: (glyphs.MARK_WARN, Role.WARN),
    Run.UNKNOWN: (glyphs.MARK_UNKNOWN, Role.WARN),
}


class ServiceList(Panel, can_focus=True):
    """The cursor stays on its service when the list is read anew."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("home", "move(-1000)", show=False),
        Binding("end", "move(1000)", show=False),
        Binding("enter", "take", show=False),
    ]

    class Taken(Message):
        """Enter on a service."""

        def __init__(self, service: Service) -> None:
            super().__init__()
            self.service = service

    def __init__(self) -> None:
        super().__init__(id="list")
        self._services: Sequence[Service] = ()
        self._said = "asking ..."
        self._at = 0
        self._top = 0

    def show(self, services: Sequence[Service], said: str) -> None:
        """``said`` stands where there is none."""
        kept = self._services[self._at].unit if self._services else None
        self._services, self._said = services, said
        self._at = next((place for place, service in enumerate(services) if service.unit == kept), 0)
        self._keep_in_sight()
        self.redraw()

    def action_move(self, step: int) -> None:
        if self._services:
            self._at = min(len(self._services) - 1, max(0, self._at + step))
            self._keep_in_sight()
            self.refresh()

    def action_take(self) -> None:
        if self._services:
            self.post_message(self.Taken(self._services[self._at]))

    def on_resize(self) -> None:
        self._keep_in_sight()
        super().on_resize()

    @property
    def chosen_row(self) -> int:
        return self.content_region.y + self._at - self._top

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if not self._services:
            return paragraph(self._said, width, Role.DIM)
        seen = self._services[self._top : self._top + height]
        return [clip(service_line(service, width, self.look), width) for service in seen]

    def draw(self, line: Line, y: int, ground: Style) -> list[Segment]:
        segments = super().draw(line, y, ground)
        if not self._services or y != self._at - self._top:
            return segments
        bar = ground + self.look.styles[Role.CURSOR]
        said = "".join(segment.text for segment in segments)[1:]
        return [
            Segment(self.look.signs.pointer, ground + self.look.styles[Role.KEY]),
            Segment(set_cell_size(said, max(0, self.size.width - 1)), bar),
        ]

    def _keep_in_sight(self) -> None:
        height = max(1, self.size.height)
        self._top = min(max(self._top, self._at - height + 1), self._at)


def service_line(service: Service, width: int, look: Look) -> Line:
    """Mark, name, state, since when, memory where there is room, and what it is for."""
    state = service.state
    mark, role = MARKS[state.run]
    roomy = width >= 100
    memory = words.size(state.memory) if state.memory else ""
    since = spans.short(state.age) if state.age is not None else ""
    told = f"{state.run.value:<10}"
    line: Line = (
        (f" {look.mark(mark)} ", role),
        (set_cell_size(cut(harmless(service.name), 17), 18), Role.STRONG),
        (told, role if role is not Role.GOOD else Role.TEXT),
        (since.ljust(19 - len(told)), Role.DIM),
        *(((f"{memory:<9}", Role.DIM),) if roomy else ()),
    )
    room = max(1, width - sum(len(text) for text, _ in line))
    return (*line, (opening(state.why or service.known.what, room), Role.WARN if state.why else Role.DIM))
