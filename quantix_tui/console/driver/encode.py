"""The difference between what the terminal shows and what it is to show, in the fewest bytes.

``Screen`` is the terminal as we know it; ``paint`` returns the bytes that bring it nearer to the wanted grid and
changes ``Screen`` to what the terminal shows once it has read them. Nothing here knows of a file descriptor.
The costs follow ncurses (mvcur, tty_update): one byte is one byte, whatever it is part of.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .dialect import SHIFT_IN, Dialect
from .grid import Grid
from .painter import ERASE_REST, HOME, Painter
from .screen import Screen
from .scroll import find_scroll
from .style import PLAIN

BEGIN_SYNCHRONIZED, END_SYNCHRONIZED = b"\x1b[?2026h", b"\x1b[?2026l"

TEARING = 1024
"""Bytes above which a frame may be seen half painted."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Bytes for the terminal, and the row that the limit stopped at; None: it then shows all that was wanted."""

    data: bytes
    stopped: int | None = None

    @property
    def complete(self) -> bool:
        return self.stopped is None


def clear(screen: Screen, dialect: Dialect) -> bytes:
    """Erase all of a terminal of which nothing is known any more, and know it again."""
    grid = screen.grid
    screen.grid = Grid.blank(grid.columns, grid.rows)
    screen.x = screen.y = 0
    screen.style, screen.shifted, screen.cursor_shown = PLAIN, False, None
    screen.settled = False
    shift = SHIFT_IN if dialect.graphics else ""
    margins = "\x1b[r" if dialect.scroll_region else ""
    return f"\x1b[m{shift}{margins}{HOME}{ERASE_REST}".encode()


def paint(
    screen: Screen,
    wanted: Grid,
    cursor: tuple[int, int] | None,
    dialect: Dialect,
    *,
    limit: int | None = None,
    first: Iterable[int] = (),
) -> Frame:
    """Bring ``screen`` nearer to ``wanted``, with the terminal's cursor at ``cursor`` or hidden.

    ``limit``: stop soon after that many bytes; the next call goes on. ``first``: rows to start with.
    """
    painter = Painter(screen, wanted, dialect, limit)
    _take_a_shortcut(painter)
    changed = painter.changed()
    urgent = [y for y in first if y in changed]
    painter.erase_rest(changed)
    stopped = None
    for y in dict.fromkeys([*urgent, *changed]):
        painter.row(y)
        if painter.full:
            stopped = y
            break
    painter.finish(cursor, stopped is None)
    data = "".join(painter.pen.out).encode(dialect.encoding, "replace")
    if dialect.synchronized and len(data) > TEARING:
        data = BEGIN_SYNCHRONIZED + data + END_SYNCHRONIZED
    return Frame(data, stopped)


def _take_a_shortcut(painter: Painter) -> None:
    """Erase everything, or let the terminal move rows, where what is to be sent gets shorter by that."""
    screen, wanted, dialect = painter.screen, painter.wanted, painter.dialect
    changed = painter.changed()
    # A new screen is often shorter from scratch than as a difference to one that shares nothing with it.
    if screen.settled and len(changed) > wanted.rows // 2 and _is_shorter(painter, Painter.clear):
        painter.clear()
        return
    scroll = find_scroll(screen.grid, wanted, changed) if dialect.scroll_region else None
    if scroll is not None and _is_shorter(painter, lambda trial: trial.scroll(scroll)):
        painter.scroll(scroll)


def _is_shorter(painter: Painter, shortcut: Callable[[Painter], None]) -> bool:
    cost = painter.trial().all_rows()
    short = painter.trial(limit=cost)
    shortcut(short)
    return short.all_rows() < cost
