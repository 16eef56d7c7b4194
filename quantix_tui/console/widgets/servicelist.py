"""The services of the node, one a row, with a cursor."""

from collections.abc import Sequence

from rich.cells import set_cell_size
from textual.message import Message

from quantix_tui.cluster import spans
from quantix_tui.cluster.text import harmless
from quantix_tui.console import glyphs, words
from quantix_tui.console.lines import Line, Role, clip, cut, opening, paragraph
from quantix_tui.console.look import Look
from quantix_tui.console.widgets.rowlist import RowList
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


class ServiceList(RowList):
    """The cursor stays on its service when the list is read anew."""

    class Taken(Message):
        """Enter on a service."""

        def __init__(self, service: Service) -> None:
            super().__init__()
            self.service = service

    def __init__(self) -> None:
        super().__init__()
        self._services: Sequence[Service] = ()
        self._said = "asking ..."

    @property
    def count(self) -> int:
        return len(self._services)

    def take(self, at: int) -> None:
        self.post_message(self.Taken(self._services[at]))

    def show(self, services: Sequence[Service], said: str) -> None:
        """``said`` stands where there is none."""
        kept = self._services[self.at].unit if self._services else None
        self._services, self._said = services, said
        self.go_to(next((place for place, service in enumerate(services) if service.unit == kept), 0))
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if not self._services:
            return paragraph(self._said, width, Role.DIM)
        seen = self._services[self.top : self.top + height]
        return [clip(service_line(service, width, self.look), width) for service in seen]


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
