"""A strict reference terminal: what a terminal of a family shows, and an error for what it does not know."""

import re
from codecs import IncrementalDecoder, getincrementaldecoder
from dataclasses import dataclass, field

from rich.cells import cell_len, split_graphemes

from quantix_tui.console.driver import sgr
from quantix_tui.console.driver.dialect import DEC_GRAPHICS, Dialect
from quantix_tui.console.driver.style import PLAIN, Style, on_blank

TOKEN = re.compile(
    r"\x1b\[(\??[0-9;]*)([A-Za-z@])|\x1b([()][0AB]|M)|\x1b(%G|%@)|([\x00-\x1a\x1c-\x1f])|([^\x00-\x1f\x1b]+)", re.DOTALL
)
UNFINISHED = re.compile(r"\x1b(\[\??[0-9;]*|[()%])?")
GRAPHIC = {byte: character for character, byte in DEC_GRAPHICS.items()} | dict(zip("+,-.0", "→←↑↓█", strict=True))
"""The Linux console and GNU screen, which many serial clients are, have these below the letters too (their acsc)."""


class Unknown(AssertionError):
    """The terminal was sent something it does not know."""


@dataclass
class Cell:
    text: str = " "
    style: Style = PLAIN


@dataclass
class Terminal:
    """The screen of a terminal that knows ``dialect`` and nothing else."""

    columns: int
    rows: int
    dialect: Dialect
    x: int = 0
    y: int = 0
    pending: bool = False
    style: Style = PLAIN
    shifted: bool = False
    wraps: bool = True
    cursor_shown: bool = True
    modes: set[str] = field(default_factory=set)
    scrolls: bool = False
    """Programs after ours may let it scroll; ours never does."""
    last: str = ""
    held: str = ""
    margins: bool = False
    top: int = 0
    bottom: int = 0
    decoder: IncrementalDecoder = field(default_factory=getincrementaldecoder("utf-8"))
    cells: list[list[Cell]] = field(default_factory=list)
    kept: "tuple[list[list[Cell]], int, int] | None" = None
    """The screen behind the alternate one, and its cursor."""

    def __post_init__(self) -> None:
        self.cells = [[Cell() for _ in range(self.columns)] for _ in range(self.rows)]

    def feed(self, data: bytes) -> None:
        """Data may be cut anywhere, as a line cuts it."""
        text = self.held + self.decoder.decode(data)
        self.held = ""
        at = 0
        while at < len(text):
            token = TOKEN.match(text, at)
            if token is None and UNFINISHED.fullmatch(text, at):
                self.held = text[at:]
                break
            if token is None:
                raise Unknown(f"not understood: {text[at : at + 20]!r}")
            at = token.end()
            parameters, final, charset, coding, control, characters = token.groups()
            if final:
                self.control(parameters, final)
            elif charset == "M":
                assert self.margins
                assert self.y == self.top
                self.scroll(-1)
            elif charset or coding:
                pass
            elif control:
                self.c0(control)
            else:
                self.write(characters)

    def c0(self, control: str) -> None:
        if control == "\r":
            self.x, self.pending = 0, False
        elif control == "\n":
            self.down()
        elif control == "\b":
            assert not self.pending, "backspace where terminals differ"
            self.x -= 1
        elif control in "\x0e\x0f":
            assert self.dialect.graphics
            self.shifted = control == "\x0e"
        else:
            raise Unknown(repr(control))

    def scroll(self, by: int) -> None:
        """Move the rows between the margins up, or down if ``by`` is negative."""
        assert not self.style.attributes & ~0b11111
        assert self.dialect.erase_colours or self.style.background == -1
        blank = Style(background=self.style.background)
        new = [Cell(" ", blank) for _ in range(self.columns)]
        self.cells.pop(self.top if by > 0 else self.bottom)
        self.cells.insert(self.bottom if by > 0 else self.top, new)

    def down(self) -> None:
        if self.y == self.bottom and self.margins:
            self.scroll(1)
            return
        assert self.scrolls or self.y < self.rows - 1, "scrolled"
        self.y = min(self.y + 1, self.rows - 1)

    def control(self, parameters: str, final: str) -> None:
        if parameters.startswith("?"):
            assert parameters[1:] in ["7", "25", "1049", "2004", "1004", "1000", "1003", "1006", "2026"]
            (self.modes.add if final == "h" else self.modes.discard)(parameters[1:])
            if parameters == "?1049":
                self.switch(final == "h")
            if parameters == "?7":
                assert self.dialect.no_wrap
                self.wraps = final == "h"
            if parameters == "?25":
                assert self.dialect.hides_cursor
                self.cursor_shown = final == "h"
            return
        numbers = [int(number) if number else 0 for number in parameters.split(";")]
        count = max(numbers[0], 1)
        if final in "CDAB":
            assert not (self.pending and final in "CD"), "relative move where terminals differ"
            self.x += {"C": count, "D": -count}.get(final, 0)
            self.y += {"B": count, "A": -count}.get(final, 0)
            assert 0 <= self.x < self.columns, "moved off the screen"
            assert 0 <= self.y < self.rows, "moved off the screen"
        elif final == "H":
            self.y, self.x, self.pending = count - 1, max(numbers[1] if len(numbers) > 1 else 1, 1) - 1, False
        elif final == "G":
            assert self.dialect.columns
            self.x, self.pending = count - 1, False
        elif final == "d":
            assert self.dialect.columns
            self.y = count - 1
        elif final == "m":
            off = set(numbers) & {22, 23, 24, 25, 27, 29, 39, 49}
            extended = 38 in numbers or 48 in numbers
            assert not off or self.dialect.single_offs or extended
            self.style = sgr.read(self.style, parameters)
        elif final == "r":
            assert self.dialect.scroll_region
            self.margins = bool(parameters)
            self.top, self.bottom = (numbers[0] - 1, numbers[1] - 1) if parameters else (0, self.rows - 1)
            assert 0 <= self.top < self.bottom < self.rows
            self.x = self.y = 0
            self.pending = False
        elif final == "K":
            self.erase(self.y, self.x, self.columns)
        elif final == "J":
            self.erase(self.y, self.x, self.columns)
            for y in range(self.y + 1, self.rows):
                self.erase(y, 0, self.columns)
        elif final == "X":
            assert self.dialect.erase_characters
            self.erase(self.y, self.x, min(self.x + count, self.columns))
        elif final in "P@":
            assert self.dialect.shifts
            self.shift(count if final == "P" else -count)
        elif final == "b":
            assert self.dialect.repeat
            self.write(self.last * count)
        else:
            raise Unknown(f"CSI {parameters} {final}")

    def shift(self, by: int) -> None:
        """Move the rest of the row to the left, over the cursor, or to the right if ``by`` is negative."""
        assert not self.pending, "shift where terminals differ"
        assert not self.style.attributes & ~0b11111
        assert self.dialect.erase_colours or self.style.background == -1
        row = self.cells[self.y]
        blanks = [Cell(" ", Style(background=self.style.background)) for _ in range(abs(by))]
        tail = row[self.x :]
        assert all(cell.text and cell_len(cell.text) == 1 for cell in tail), "wide characters may be cut"
        tail = tail[by:] + blanks if by > 0 else blanks + tail[:by]
        row[self.x :] = tail

    def switch(self, alternate: bool) -> None:
        """To the other screen, empty, or back to the one before with all that stood on it."""
        if alternate and self.kept is None:
            self.kept = (self.cells, self.x, self.y)
            self.cells = [[Cell() for _ in range(self.columns)] for _ in range(self.rows)]
        elif not alternate and self.kept is not None:
            (self.cells, self.x, self.y), self.kept = self.kept, None
        self.pending = False

    def erase(self, y: int, start: int, end: int) -> None:
        assert not self.pending, "erase where terminals differ"
        # Terminals that take the colour and those that do not must show the same, unless it is known which it is.
        assert not self.style.attributes & ~0b11111
        if not self.dialect.erase_colours:
            assert self.style.background == -1
        for x in range(start, end):
            self.set(y, x, " ", Style(background=self.style.background))

    def set(self, y: int, x: int, text: str, style: Style) -> None:
        row = self.cells[y]
        if row[x].text == "" and text != "" and x and cell_len(row[x - 1].text) == 2:
            row[x - 1] = Cell(" ", row[x - 1].style)
        if x + 1 < self.columns and row[x + 1].text == "" and cell_len(text) != 2:
            row[x + 1] = Cell(" ", row[x + 1].style)
        row[x] = Cell(text, style)

    def write(self, characters: str) -> None:
        if self.shifted:
            characters = "".join(GRAPHIC.get(c, c) for c in characters)
        spans, _ = split_graphemes(characters)
        for start, end, width in spans:
            self.one(characters[start:end], width)

    def one(self, cluster: str, width: int) -> None:
        if self.pending:
            assert self.scrolls, "written past the last column"
            self.x, self.pending = 0, False
            self.down()
        assert self.x + width <= self.columns, "written past the last column"
        self.set(self.y, self.x, cluster, self.style)
        if width == 2:
            self.set(self.y, self.x + 1, "", self.style)
            self.cells[self.y][self.x] = Cell(cluster, self.style)
        self.last = cluster
        self.x += width
        if self.x == self.columns:
            assert self.scrolls or not self.wraps or self.y < self.rows - 1, "the screen scrolled"
            self.x, self.pending = self.columns - 1, True

    def seen(self) -> list[list[tuple[str, Style]]]:
        """What an eye sees: the style of a blank without what cannot be seen on it."""
        return [[(c.text, on_blank(c.style) if c.text == " " else c.style) for c in row] for row in self.cells]
