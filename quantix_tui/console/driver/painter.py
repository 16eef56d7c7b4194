"""One frame in the making: cell by cell, what is sent and what the terminal then shows."""

import re
from itertools import groupby

from . import sgr
from .dialect import Dialect
from .grid import BLANK, COVERED, Grid
from .moves import absolute
from .pen import FAR, Pen
from .screen import Screen
from .scroll import Scroll
from .shift import Shift, find_shifts
from .style import PLAIN, Style, blank_looks, on_blank

ERASE_LINE, ERASE_REST = "\x1b[K", "\x1b[J"
HOME = "\x1b[H"
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"

RUN = re.compile(r"(.)\1{5}")
"""As many of one character as REP may be shorter for."""


class Painter:
    """One frame in the making: what is to be sent so far, and the screen as it is after that."""

    def __init__(self, screen: Screen, wanted: Grid, dialect: Dialect, limit: int | None) -> None:
        self.screen = screen
        self.wanted = wanted
        self.dialect = dialect
        self.limit = limit
        self.pen = Pen(screen, dialect)

    @property
    def full(self) -> bool:
        return self.limit is not None and self.pen.cost >= self.limit

    def changed(self) -> list[int]:
        """The rows that are not yet as wanted."""
        return [y for y in range(self.wanted.rows) if not self.screen.grid.same_row(self.wanted, y)]

    def trial(self, limit: int | None = None) -> "Painter":
        """To see what something would cost, up to ``limit``."""
        return Painter(self.screen.copy(), self.wanted, self.dialect, limit)

    def clear(self) -> None:
        self.pen.shift(False)
        self.pen.set(PLAIN)
        self.pen.send(HOME + ERASE_REST)
        self.screen.x = self.screen.y = 0
        self.screen.grid = Grid.blank(self.wanted.columns, self.wanted.rows)

    def all_rows(self) -> int:
        """Bring everything up to date; returns what it has cost."""
        for y in range(self.wanted.rows):
            self.row(y)
            if self.full:
                break
        return self.pen.cost

    def scroll(self, scroll: Scroll) -> None:
        """Let the terminal move rows."""
        top, bottom, by = scroll.top, scroll.bottom, abs(scroll.by)
        self.pen.shift(False)
        self.pen.set(self.pen.blank_style(PLAIN))
        self.pen.send(f"\x1b[{top + 1};{bottom + 1}r")
        # Only on a margin does a line end or a reverse index scroll.
        self.pen.send(absolute(0, bottom) + by * "\n" if scroll.by > 0 else absolute(0, top) + by * "\x1bM")
        self.pen.send("\x1b[r")
        # Setting the margins puts the cursor home, on most terminals.
        self.screen.x = self.screen.y = None
        self.screen.grid.roll(top, bottom, scroll.by)

    def erase_rest(self, changed: list[int]) -> None:
        """Erase to the end of the screen if its last rows are to be empty and several are not."""
        wanted, shown = self.wanted, self.screen.grid
        blank = wanted.styles[-1][-1]
        start = wanted.rows
        while start and self._erasable(blank) and self._is_blank(start - 1, 0, blank):
            start -= 1
        if sum(y >= start for y in changed) < 3:
            return
        start = min(y for y in changed if y >= start)
        self.pen.move(0, start)
        self.pen.set(self.pen.blank_style(blank))
        self.pen.send(ERASE_REST)
        for y in range(start, wanted.rows):
            shown.text[y] = wanted.text[y][:]
            shown.styles[y] = wanted.styles[y][:]

    def row(self, y: int) -> None:
        """Bring one row up to date, or as far as the limit allows."""
        differs = self._differs(y)
        if self.dialect.shifts and differs:
            self._take_a_shift(y, differs)
            differs = self._differs(y)
        self._write_row(y, differs)

    def _take_a_shift(self, y: int, differs: list[int]) -> None:
        """Let the terminal move text within the row, where what is to be sent gets shorter by that."""
        best: Shift | None = None
        least: int | None = None
        for shift in find_shifts(self.screen.grid, self.wanted, y, differs):
            if least is None:
                least = self._cost_of_row(y, None)
            cost = self._cost_of_row(y, shift)
            if cost < least:
                best, least = shift, cost
        if best is not None:
            self._shift_cells(y, best)

    def _cost_of_row(self, y: int, shift: Shift | None) -> int:
        trial = Painter(self.screen.copy_row(y), self.wanted, self.dialect, None)
        if shift is not None:
            trial._shift_cells(y, shift)
        trial._write_row(y, trial._differs(y))
        return trial.pen.cost

    def _shift_cells(self, y: int, shift: Shift) -> None:
        count = abs(shift.by)
        takes, gives = (f"\x1b[{count if count > 1 else ''}{final}" for final in "P@")
        first, second = (takes, gives) if shift.by > 0 else (gives, takes)
        self._move_cells(y, shift.start + min(shift.by, 0), shift.by, first)
        if shift.end is not None:
            self._move_cells(y, shift.end, -shift.by, second)

    def _move_cells(self, y: int, x: int, by: int, sequence: str) -> None:
        self.pen.move(x, y)
        self.pen.set(self.pen.blank_style(PLAIN))
        self.pen.send(sequence)
        self.screen.grid.move_cells(y, x, by, on_blank(self.screen.style or PLAIN))

    def _differs(self, y: int) -> list[int]:
        shown, wanted = self.screen.grid, self.wanted
        have, want = shown.text[y], wanted.text[y]
        have_styles, want_styles = shown.styles[y], wanted.styles[y]
        return [
            x
            for x in range(wanted.columns)
            if have[x] != want[x] or (have_styles[x] is not want_styles[x] and have_styles[x] != want_styles[x])
        ]

    def _write_row(self, y: int, differs: list[int]) -> None:
        shown, wanted = self.screen.grid, self.wanted
        have, want = shown.text[y], wanted.text[y]
        have_styles, want_styles = shown.styles[y], wanted.styles[y]
        if y == wanted.rows - 1 and not self.dialect.no_wrap and differs and differs[-1] == wanted.columns - 1:
            # Writing the last cell would scroll this terminal: it stays as it is.
            have[-1], have_styles[-1] = want[-1], want_styles[-1]
            differs.pop()
        if not differs:
            return
        erase = self._erase_from(y, differs)
        at = 0
        while at < len(differs) and not self.full:
            x = differs[at]
            if erase is not None and x >= erase:
                break
            at, end = self._stretch(y, differs, at, erase)
            if want[x] == COVERED:
                x -= 1
            while end < wanted.columns and want[end] == COVERED:
                end += 1
            self._write(y, x, end)
            while at < len(differs) and differs[at] < end:
                at += 1
        if erase is not None and not self.full:
            self._erase_line(y, erase)

    def _stretch(self, y: int, differs: list[int], at: int, erase: int | None) -> tuple[int, int]:
        """From the cell at ``differs[at]`` on, those that are written in one go: where to go on, and their end."""
        end = differs[at] + 1
        at += 1
        while at < len(differs) and (erase is None or differs[at] < erase):
            if differs[at] != end and not self._is_one_gap(y, end - 1, differs[at]):
                break
            end = differs[at] + 1
            at += 1
        return at, end

    def _is_one_gap(self, y: int, first: int, last: int) -> bool:
        """Whether all from ``first`` to ``last`` is to be blank, and blanking it is shorter than moving over a part."""
        if last - first > FAR and not (self.dialect.erase_characters or self.dialect.repeat):
            return False
        blank = self.wanted.styles[y][first]
        return all(self._is_blank_cell(y, x, blank) for x in range(first, last + 1))

    def _erase_from(self, y: int, differs: list[int]) -> int | None:
        """Where erasing to the end of the line begins, if that is shorter than writing blanks."""
        blank = self.wanted.styles[y][-1]
        if not self._erasable(blank):
            return None
        start = self.wanted.columns
        while start and self._is_blank_cell(y, start - 1, blank):
            start -= 1
        inside = [x for x in differs if x >= start]
        if not inside:
            return None
        pen = self.screen.style
        fits = pen is not None and blank_looks(blank, pen)
        price = len(ERASE_LINE) + (0 if fits else len(sgr.change(pen, blank, self.dialect.single_offs)))
        return inside[0] if inside[-1] - inside[0] + 1 > price else None

    def _erase_line(self, y: int, start: int) -> None:
        wanted, shown = self.wanted, self.screen.grid
        self.pen.move(start, y)
        self.pen.set(self.pen.blank_style(wanted.styles[y][-1]))
        self.pen.send(ERASE_LINE)
        shown.text[y][start:] = wanted.text[y][start:]
        shown.styles[y][start:] = wanted.styles[y][start:]

    def _erasable(self, blank: Style) -> bool:
        """Whether erasing leaves a cell that looks like this."""
        return not blank.attributes and (self.dialect.erase_colours or blank == PLAIN)

    def _is_blank(self, y: int, start: int, blank: Style) -> bool:
        return all(self._is_blank_cell(y, x, blank) for x in range(start, self.wanted.columns))

    def _is_blank_cell(self, y: int, x: int, blank: Style) -> bool:
        return self.wanted.text[y][x] == BLANK and self.wanted.styles[y][x] == blank

    def _write(self, y: int, start: int, end: int) -> None:
        """Write the cells from ``start`` to ``end``, each whether it differs or not."""
        want = self.wanted.text[y]
        x = start
        while x < end and not self.full:
            if (erased := self._erase_characters(y, x, end)) is not None:
                x = erased
                continue
            self.pen.go_and_set(x, y, self._style_for(y, x, end))
            pen = self.screen.style
            stop = x + 1
            while stop < end and self._goes_on(y, stop, end, pen):
                stop += 1
            if self.limit is not None:
                stop = min(stop, x + max(FAR, self.limit - self.pen.cost))
                while stop < end and want[stop] == COVERED:
                    stop += 1
            x = self._text(y, x, stop)

    def _goes_on(self, y: int, x: int, end: int, pen: Style | None) -> bool:
        """Whether the cell at ``x`` can be written in one go with those before it."""
        style = self.wanted.styles[y][x]
        if self.wanted.text[y][x] != BLANK:
            return style is pen or style == pen
        after_text = self.wanted.text[y][x - 1] != BLANK
        return pen is not None and blank_looks(style, pen) and not (after_text and self._gap(y, x, end))

    def _text(self, y: int, start: int, stop: int) -> int:
        """Send cells that one style fits, up to the first whose width the terminal may see differently."""
        want = self.wanted.text[y]
        plain = "".join(want[start:stop])
        if plain.isascii() and not (self.dialect.repeat and RUN.search(plain)):
            # Most text: nothing to be switched, repeated or doubted.
            # In the graphics set only a blank is surely itself: some terminals have arrows and a block for "+,-.0".
            if self.screen.shifted and not plain.isspace():
                self.pen.shift(False)
            self.pen.send(plain)
            return self._written(y, start, stop, certain=True)
        x = start
        certain = True
        for cluster, group in groupby(want[start:stop]):
            count = len(list(group))
            if cluster == COVERED:
                x += count
                if not certain:
                    break
                continue
            wide = x + count < self.wanted.columns and want[x + count] == COVERED
            certain = _certain(cluster, wide)
            if not certain:
                count = 1
            self._characters(cluster, count)
            x += count
            if not certain and not wide:
                break
        return self._written(y, start, x, certain=certain)

    def _written(self, y: int, start: int, x: int, *, certain: bool) -> int:
        """Note that the cells up to ``x`` are as wanted; returns ``x``."""
        want = self.wanted.text[y]
        shown = self.screen.grid
        shown.text[y][start:x] = want[start:x]
        shown.styles[y][start:x] = self.wanted.styles[y][start:x]
        # In the last column terminals differ in where the cursor is; after an uncertain width it is anywhere.
        self.screen.x = x if certain and x < self.wanted.columns else None
        return x

    def _characters(self, cluster: str, count: int) -> None:
        graphic = self.dialect.graphics.get(cluster)
        if graphic is not None:
            self.pen.shift(True)
            self.pen.send(graphic * count)
            return
        if self.screen.shifted and cluster != BLANK:
            self.pen.shift(False)
        plain = cluster * count
        if self.dialect.repeat and len(cluster) == 1:
            repeated = f"{cluster}\x1b[{count - 1}b"
            if len(repeated.encode()) < len(plain.encode()):
                plain = repeated
        self.pen.send(plain)

    def _erase_characters(self, y: int, x: int, end: int) -> int | None:
        """Blank a gap with ECH, where that is known and shorter; returns where it ends."""
        stop = x + self._gap(y, x, end)
        if stop == x:
            return None
        self.pen.go_and_set(x, y, self.pen.blank_style(self.wanted.styles[y][x]))
        self.pen.send(f"\x1b[{stop - x}X")
        shown = self.screen.grid
        shown.text[y][x:stop] = self.wanted.text[y][x:stop]
        shown.styles[y][x:stop] = self.wanted.styles[y][x:stop]
        return stop

    def _gap(self, y: int, x: int, end: int) -> int:
        """Cells from ``x`` on that are better erased than written; 0 if there are none."""
        blank = self.wanted.styles[y][x]
        if (
            not self.dialect.erase_characters
            or self.dialect.repeat
            or self.wanted.text[y][x] != BLANK
            or not self._erasable(blank)
        ):
            return 0
        stop = x
        while stop < end and self._is_blank_cell(y, stop, blank):
            stop += 1
        count = stop - x
        # ECH leaves the cursor where it is: what comes after costs a move.
        erase = len(f"\x1b[{count}X") + (len(f"\x1b[{count}C") if stop < end else 0)
        return count if erase < count else 0

    def _style_for(self, y: int, x: int, end: int) -> Style:
        """The style for the cell at ``x``; for a blank, one that is set or that the characters after it can keep."""
        want, styles = self.wanted.text[y], self.wanted.styles[y]
        if want[x] != BLANK:
            return styles[x]
        following = next((styles[at] for at in range(x, end) if want[at] not in (BLANK, COVERED)), None)
        return self.pen.blank_style(styles[x], following)

    def finish(self, cursor: tuple[int, int] | None, complete: bool) -> None:
        """Put the cursor where it belongs; it is not seen as long as the picture is half painted."""
        self.screen.settled = complete
        if not self.pen.out and not complete:
            return
        self.pen.shift(False)
        showing = cursor is not None and complete
        if cursor is not None and complete:
            self.pen.move(*cursor)
        if self.dialect.hides_cursor and self.screen.cursor_shown != showing:
            self.pen.send(SHOW_CURSOR if showing else HIDE_CURSOR)
            self.screen.cursor_shown = showing


def _certain(cluster: str, wide: bool) -> bool:
    """Whether every terminal gives this cluster the width that we do: not so for emoji and joined clusters."""
    if len(cluster) != 1:
        return False
    code = ord(cluster)
    return 0x2E80 <= code <= 0xFFFF if wide else code <= 0xFFFF
