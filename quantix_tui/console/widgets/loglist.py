"""Entries of a log, one a row, with a cursor; how a row is drawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.binding import Binding, BindingType
from textual.message import Message

from quantix_tui.cluster.text import harmless
from quantix_tui.console import glyphs
from quantix_tui.console.clock import Clock
from quantix_tui.console.lines import Line, Role, clip, cut, paragraph
from quantix_tui.console.logwindow import LogWindow
from quantix_tui.console.look import Look
from quantix_tui.console.widgets.rowlist import RowList
from quantix_tui.host.logs.entry import LEVELS, Entry

WIDE = 100
"""Columns from which the level is a word and a program has more room."""
_NO_TIME = "--:--:--"


class LogList(RowList):
    """Draws the rows in sight of a :class:`LogWindow`, and moves its cursor.

    Its first and last rows are not the log's: those keys are the screen's, which reads there.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home,g", "screen.home", show=False),
        Binding("end,G", "screen.end", show=False),
        Binding("b", "page(-1)", show=False),
    ]

    class Moved(Message):
        """The cursor has moved, or tried to."""

    class Taken(Message):
        """Enter on an entry."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, window: LogWindow, clock: Clock) -> None:
        super().__init__()
        self._window = window
        self._clock = clock
        self._said = ""
        self.marked = ""
        """Words that stand out in the messages."""

    def show(self, said: str) -> None:
        """The window has changed; ``said`` stands where it has no rows."""
        self._said = said
        self.keep_in_sight()
        self.refresh()

    @property
    def count(self) -> int:
        return len(self._window.rows)

    def take(self, at: int) -> None:
        self.post_message(self.Taken(self._window.rows[at]))

    def action_move(self, step: int) -> None:
        self._window.move(step)
        self.keep_in_sight()
        self.refresh()
        self.post_message(self.Moved())

    def keep_in_sight(self) -> None:
        """Where one is in a log is known to its window, which slides."""
        self._window.keep_in_sight(self.size.height)
        self.at, self.top = self._window.at, self._window.top

    def lines(self, width: int, height: int) -> Sequence[Line]:
        window = self._window
        if not window.rows:
            return paragraph(self._said, width, Role.DIM)
        today = self._clock.wall()
        seen = window.rows[window.top : window.top + height]
        dated = any(entry.time is not None and entry.time.date() != today.date() for entry in seen)
        return [log_line(entry, today, width, self.look, dated=dated, marked=self.marked) for entry in seen]


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
