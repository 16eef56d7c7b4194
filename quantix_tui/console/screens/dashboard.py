"""The first screen: this node on the left, its cluster on the right, what happened below."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.screen import Screen

from quantix_tui.console import glyphs
from quantix_tui.console.clock import Clock, clock_words
from quantix_tui.console.guard import Guard
from quantix_tui.console.keys import KEY_MAP, dashboard_keys
from quantix_tui.console.lines import Role
from quantix_tui.console.tale import tell
from quantix_tui.console.view import NodeView
from quantix_tui.console.widgets.cluster import ClusterPanel
from quantix_tui.console.widgets.events import EventsPanel
from quantix_tui.console.widgets.header import HeaderPanel, Heading
from quantix_tui.console.widgets.keybar import KeyBar
from quantix_tui.console.widgets.node import NodePanel, NodePicture
from quantix_tui.console.widgets.panel import Panel

if TYPE_CHECKING:
    from quantix_tui.console.demo_hints import DemoHints
    from quantix_tui.console.widgets.demo import DemoPanel

NARROW, WIDE, VAST, TALL = 72, 110, 160, 32
COLUMN, WIDE_COLUMN, VAST_COLUMN = 40, 52, 80
SLOW_EVERY = 5.0
NOTICE_FOR = 12.0
"""Seconds; long enough to be read by somebody who looked elsewhere."""
SYSTEM = "Quantix-OS"


class DashboardScreen(Screen[None]):
    """Drawn from a :class:`NodeView`; decides nothing, asks nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key.bindings, f"app.{key.action}", key.short, show=False) for key in KEY_MAP),
        # Where the screen is narrow the panels stand one below the other.
        Binding("up", "scroll_up", show=False),
        Binding("down", "scroll_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]

    def __init__(self, view: NodeView, demo: "DemoHints | None", clock: Clock, guard: Guard) -> None:
        super().__init__()
        self._guard = guard
        self._view = view
        self._demo = demo
        self._guarded = guard.words
        self._clock = clock
        self._header = HeaderPanel(self._heading())
        self._node = NodePanel(self._picture())
        self._cluster = ClusterPanel(tell(view, clock.monotonic(), clock.wall()))
        self._events = EventsPanel()
        self._keys = KeyBar(dashboard_keys(view, guard.access))
        self._slow_at = clock.monotonic()
        self._noticed_at: float | None = None
        self._hints: DemoPanel | None = None

    def compose(self) -> ComposeResult:
        self._arrange(self.app.size.width, self.app.size.height)
        yield self._header
        yield from self._columns(self.app.size.width)
        if self._demo is not None:
            from quantix_tui.console.widgets.demo import DemoPanel

            self._hints = DemoPanel(self._demo)
            self._hints.divided = self._node.divided
            yield self._hints
        yield self._events
        yield self._keys

    def on_resize(self, event: Resize) -> None:
        self._arrange(event.size.width, event.size.height)
        first, second = self._columns(event.size.width)
        self.move_child(first, before=second)
        self.call_after_refresh(self._tell_more)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._tell_more()

    def _tell_more(self) -> None:
        """Where the panels stand one below the other, say that there is more of them."""
        marks = [glyphs.UP] * (self.scroll_offset.y > 0) + [glyphs.DOWN] * (self.scroll_offset.y < self.max_scroll_y)
        self._keys.tell_more(f"more {' '.join(marks)}" if marks else "")

    def _columns(self, width: int) -> tuple[Panel, Panel]:
        """Side by side the node stands left. One below the other the answer to the question comes first."""
        return (self._cluster, self._node) if width < NARROW else (self._node, self._cluster)

    def show(self, view: NodeView) -> None:
        """Draw what has been learnt."""
        self._view = view
        events = view.events.value if view.events else None
        self._events.show(events, view.events_problem, self._clock.wall())
        self._keys.show(dashboard_keys(view, self._guard.access))
        self._show_demo()
        self._tick_slowly(self._clock.monotonic())
        self.tick()

    def show_hints(self, demo: "DemoHints") -> None:
        """The demo's tokens as they are by now."""
        self._demo = demo
        self._show_demo()

    def _show_demo(self) -> None:
        if self._hints is not None and self._demo is not None:
            status = self._view.status.value if self._view.status else None
            self._hints.show(self._demo, status is not None and status.joined)

    def tick(self) -> None:
        """Let the ages and the clock go on; rows whose words stay the same are not drawn again."""
        now = self._clock.monotonic()
        self._cluster.show(tell(self._view, now, self._clock.wall()))
        if self._noticed_at is not None and now - self._noticed_at >= NOTICE_FOR:
            self.notice("")
        if self._guard.words != self._guarded:
            self._guarded = self._guard.words
            self._header.show(self._heading())
            self._keys.show(dashboard_keys(self._view, self._guard.access))
        if now - self._slow_at >= SLOW_EVERY:
            self._tick_slowly(now)

    def _tick_slowly(self, now: float) -> None:
        """What is told in minutes need not be looked at every second."""
        self._slow_at = now
        self._tell_more()
        self._header.show(self._heading())
        self._node.show(self._picture())

    def on_screen_suspend(self) -> None:
        """A dialogue opens: what was said before it may not be true any more after it."""
        if self._noticed_at is not None:
            self.notice("")

    def notice(self, words: str, role: Role = Role.TEXT, *, stays: bool = False) -> None:
        """Say what an action came to, until it is no longer news; with ``stays`` until there is something else."""
        self._noticed_at = self._clock.monotonic() if words and not stays else None
        self._keys.tell(words, role)

    def panels(self) -> list[Panel]:
        """From top to bottom, left to right."""
        hints = [self._hints] if self._hints else []
        return [self._header, self._node, self._cluster, *hints, self._events, self._keys]

    def _arrange(self, width: int, height: int) -> None:
        """Side by side, or one below the other where 72 columns are not there. Classes decide in the style sheet."""
        narrow = width < NARROW
        self.set_class(narrow, "-narrow")
        self.set_class(WIDE <= width < VAST, "-wide")
        self.set_class(width >= VAST, "-vast")
        self.set_class(height >= TALL, "-tall")
        self.set_class(self._demo is not None, "-demo")
        column = _column(width)
        self._header.divider = column - 1
        self._node.divided = not narrow
        self._events.joint = (column - 1, glyphs.TEE_UP) if self._demo is None and column else None
        if self._hints is not None:
            self._hints.divided = not narrow
        for panel in self.panels():
            panel.grows = narrow

    def _heading(self) -> Heading:
        facts = self._view.facts.value if self._view.facts else None
        system = " ".join(word for word in (facts.os_name, facts.os_version) if word) if facts else ""
        node = facts.hostname if facts else "..."
        note = "DEMO" if self._demo else self._guard.words
        return Heading(system or SYSTEM, node, note, clock_words(self._clock.wall()))

    def _picture(self) -> NodePicture:
        return NodePicture(self._view.facts, self._view.metrics, self._clock.monotonic(), self._view.history)


def _column(width: int) -> int:
    """Columns that the node's panel takes of so many; 0 where it stands alone."""
    if width < NARROW:
        return 0
    if width < WIDE:
        return COLUMN
    return WIDE_COLUMN if width < VAST else VAST_COLUMN
