"""The picture on its way: what was drawn, what the terminal shows, and the next bytes from the one to the other."""

from collections.abc import Iterable
from dataclasses import dataclass

from quantix_tui.console.terminal import Size, TerminalProfile
from quantix_tui.console.terminal.probe import ASK_SIZE

from .dialect import Dialect, dialect_for
from .encode import clear, paint
from .glyphs import glyphs_for
from .grid import Grid
from .palette import palette_for
from .parse import Reader
from .screen import Screen

BELL = "\a"


@dataclass(slots=True)
class Pending:
    """What the next frame has to mind."""

    clear: bool = True
    """Nothing is known of the screen: erase it first."""
    picture: bool = False
    """Textual has drawn since the size was last set."""
    cursor: tuple[int, int] | None = None
    """Where the terminal's cursor belongs; None: nowhere."""
    next_row: int = 0
    """Where the last frame stopped: the next goes on there, so that a busy row does not starve the others."""
    question: bytes = b""
    """Asks the terminal for its size."""


class Frames:
    """The picture in this terminal's glyphs and colours, of which only what differs is sent."""

    def __init__(self, profile: TerminalProfile, size: Size) -> None:
        self.dialect: Dialect = dialect_for(profile)
        self.screen = Screen(Grid.blank(*size))
        self.pending = Pending()
        self.complete = True
        """The last frame was painted to its end."""
        self._reader = Reader(Grid.blank(*size), glyphs_for(profile.glyphs), palette_for(profile))
        self._preamble = b""

    @property
    def size(self) -> Size:
        return Size(self.screen.grid.columns, self.screen.grid.rows)

    @property
    def begun(self) -> bool:
        """What makes the terminal ours was sent."""
        return not self._preamble

    def begin(self, before: bytes = b"") -> None:
        """The terminal is ours from the next frame on: its modes go out with the picture, so that it is never empty.

        ``before``: what is sent just before that, on the screen that the terminal still shows.
        """
        self._preamble = before + self.dialect.start.encode()
        self.pending.clear = True

    def start_over(self) -> None:
        """Nothing is known any more of what the terminal shows."""
        self.pending.clear = True

    def resize(self, size: Size) -> None:
        self._reader.grid = Grid.blank(*size)
        self.screen = Screen(Grid.blank(*size))
        # The terminal has rearranged what it shows; until Textual has drawn anew there is nothing to send.
        self.pending.clear, self.pending.picture = True, False

    def become(self, profile: TerminalProfile) -> None:
        """From now on in the glyphs and colours of ``profile``; everything has to be drawn anew."""
        before, self.dialect = self.dialect, dialect_for(profile)
        if not self._preamble:
            self._preamble = (before.stop_graphics + self.dialect.start_graphics).encode()
        self._reader.show, self._reader.translate = glyphs_for(profile.glyphs), palette_for(profile)
        self.resize(self.size)

    def ask_for_size(self) -> None:
        self.pending.question = ASK_SIZE

    def draw(self, data: str, cursor: tuple[int, int] | None) -> None:
        """Draw what Textual writes, with the cursor where it stands now."""
        self._reader.read(data)
        # Now, because it has to fit the picture: a widget moves its cursor before it is drawn anew.
        self.pending.cursor = cursor
        self.pending.picture = True

    def next_bytes(self, limit: int, first: Iterable[int] = ()) -> bytes:
        """The next bytes for the terminal, about ``limit`` of them, beginning with the rows ``first``."""
        pending = self.pending
        if not pending.picture:
            return b""
        head, self._preamble = self._preamble, b""
        if pending.clear:
            pending.clear = False
            head += clear(self.screen, self.dialect)
        rows = [*first, *range(pending.next_row, self.size.rows)]
        frame = paint(self.screen, self._reader.grid, pending.cursor, self.dialect, limit=limit, first=rows)
        pending.next_row = frame.stopped or 0
        self.complete = frame.complete
        return head + frame.data + self._take_requests()

    def _take_requests(self) -> bytes:
        """The bell, the clipboard and the question for the size, each once, where the terminal knows them."""
        asked = dict.fromkeys(self._reader.requests)
        self._reader.requests.clear()
        known = [request.encode() for request in asked if request == BELL or self.dialect.clipboard]
        question, self.pending.question = self.pending.question, b""
        if question:
            self.screen.x = self.screen.y = None
        return b"".join(known) + question
