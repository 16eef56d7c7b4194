"""Entries of a log, one a row, with a cursor; how a row is drawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from quantix_tui.cluster.text import harmless
from quantix_tui.console import glyphs
from quantix_tui.console.clock import Clock
from quantix_tui.console.lines import Line, Role, clip, cut, paragraph
from quantix_tui.console.logwindow import LogWindow
from quantix_tui.console.look import Look
from quantix_tui.console.widgets.cursor import under_cursor
from quantix_tui.console.widgets.panel import Panel
from quantix_tui.host.logs.entry import LEVELS, Entry

WIDE = 100
"""Columns from which the level is a word and a program has more room."""
_NO_TIME = "--:--:--"


class LogList(Panel, can_focus=True):
    """Draws the rows in sight of a :class:`LogWindow`, and moves its cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup,b", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("enter", "take", show=False),
    ]

    class Moved(Message):
        """The cursor has moved, or tried to."""

    class Taken(Message):
        """Enter on an entry."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, window: LogWindow, clock: Clock) -> None:
        super().__init__(id="list")
        self._window = window
        self._clock = clock
        self._said = ""
        self.marked = ""
        """Words that stand out in the messages."""

    def show(self, said: str) -> None:
        """The window has changed; ``said`` stands where it has no rows."""
        self._said = said
        self._window.keep_in_sight(self.size.height)
        self.refresh()

    def action_move(self, step: int) -> None:
        self._window.move(step)
        self._window.keep_in_sight(self.size.height)
        self.refresh()
        self.post_message(self.Moved())

    def action_page(self, step: int) -> None:
        self.action_move(step * max(1, self.size.height - 1))

    def action_take(self) -> None:
        if self._window.chosen is not None:
            self.post_message(self.Taken(self._window.chosen))

    def on_resize(self) -> None:
        self._window.keep_in_sight(self.size.height)
        super().on_resize()

    @property
    def chosen_row(self) -> int:
        """The row of the screen where the cursor stands: on a slow line it is sent before the others."""
        return self.content_region.y + self._window.at - self._window.top

    def lines(self, width: int, height: int) -> Sequence[Line]:
        window = self._window
        if not window.rows:
            return paragraph(self._said, width, Role.DIM)
        today = self._clock.wall()
        seen = window.rows[window.top : window.top + height]
        dated = any(entry.time is not None and entry.time.date() != today.date() for entry in seen)
        return [log_line(entry, today, width, self.look, dated=dated, marked=self.marked) for entry in seen]

    def draw(self, line: Line, y: int, ground: Style) -> list[Segment]:
        segments = super().draw(line, y, ground)
        if not self._window.rows or y != self._window.at - self._window.top:
            return segments
        return under_cursor(segments, ground, self.look, self.size.width)


def log_line(entry: Entry, today: datetime, width: int, look: Look, *, dated: bool, marked: str = "") -> Line:
    """Time, level, program and the beginning of the message; ``dated`` makes room for a day beside the time."""
    wide = width >= WIDE
    mark, role = level_mark(entry.level)
    level = f"{level_word(entry.level):<8}" if wide else f"{look.mark(mark)} "
    size = 20 if wide else 13
    program = cut(harmless(entry.program), size)
    head: Line = (
        (f" {told_time(entry.time, today, dated=dated)} ", Role.DIM),
        (level, role),
        (f"{set_cell_size(program, size)} ", Role.KEY if role in (Role.BAD, Role.WARN) else Role.DIM),
    )
    room = max(1, width - sum(cell_len(words) for words, _ in head))
    # A screen has no more columns than that: what lies behind them need not be looked at.
    message = harmless(entry.message, 400)
    if cell_len(message) > room:
        message = set_cell_size(message, room - len(glyphs.CUT)) + glyphs.CUT
    text_role = Role.DIM if entry.level == len(LEVELS) - 1 else Role.TEXT
    return clip((*head, *_marked(message, marked, text_role)), width)


def told_time(time: datetime | None, today: datetime, *, dated: bool) -> str:
    """``12:01:47``; with a day for rows among which one is not from today: ``24 Nov 12:01:47``, ``24 Nov 2024``."""
    if time is None:
        return (_NO_TIME if not dated else "").ljust(15 if dated else 8)
    if not dated:
        return f"{time:%H:%M:%S}"
    if time.date() == today.date():
        return f"{time:%H:%M:%S}".rjust(15)
    return f"{time:%d %b %H:%M:%S}" if time.year == today.year else f"{time:%d %b %Y}".ljust(15)


def level_mark(level: int | None) -> tuple[str, Role]:
    if level is None or level > 4:
        return " ", Role.TEXT
    return (glyphs.MARK_WARN, Role.WARN) if level == 4 else (glyphs.MARK_BAD, Role.BAD)


def level_word(level: int | None) -> str:
    return "" if level is None else LEVELS[level]


def _marked(message: str, words: str, role: Role) -> Line:
    folded = message.casefold()
    at = folded.find(words.casefold()) if words and len(folded) == len(message) else -1
    if at < 0:
        return ((message, role),)
    end = at + len(words)
    return ((message[:at], role), (message[at:end], Role.STRONG), (message[end:], role))
