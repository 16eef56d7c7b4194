"""What each look is on the terminal it is made for: the whole way from the widgets through the driver to the cells."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path

from rich.color import ColorSystem
from rich.segment import Segment

from quantix_tui.console.application import ConsoleApp
from quantix_tui.console.driver.glyphs import glyphs_for
from quantix_tui.console.driver.grid import Grid
from quantix_tui.console.driver.palette import BASIC, palette_for, to_rgb
from quantix_tui.console.driver.parse import Reader
from quantix_tui.console.driver.style import BOLD, DEFAULT, DIM, ITALIC, REVERSE, STRIKE, UNDERLINE, Style
from quantix_tui.console.terminal import Colours, Family, Kind, TerminalProfile
from quantix_tui.console.terminal.profile import CP437, DRAWING, UNICODE
from tests.support.picture import Cell, Picture

GOLDEN = Path(__file__).with_name("golden")

MODERN_TERMINAL = TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.TRUE, UNICODE)
TERMINALS: Mapping[str, TerminalProfile] = {
    "modern": MODERN_TERMINAL,
    "console": TerminalProfile(Kind.CONSOLE, Family.LINUX, Colours.SIXTEEN, CP437),
    "plain": TerminalProfile(Kind.SERIAL, Family.VT220, Colours.NONE, DRAWING),
}
SIZES = ((80, 24), (120, 40))
ATTRIBUTES = {BOLD: "bold", DIM: "dim", ITALIC: "italic", UNDERLINE: "underline", REVERSE: "reverse", STRIKE: "strike"}


@dataclass(frozen=True)
class Seen:
    """One screen: what the widgets drew, and the cells that the terminal shows of it."""

    drawn: Sequence[Sequence[Segment]]
    size: tuple[int, int]
    profile: TerminalProfile

    @cached_property
    def written(self) -> str:
        return "\n".join("".join(segment.text for segment in row) for row in self.drawn)

    @cached_property
    def grid(self) -> Grid:
        """The whole way through the driver."""
        reader = Reader(Grid.blank(*self.size), glyphs_for(self.profile.glyphs), palette_for(self.profile))
        for y, row in enumerate(self.drawn):
            reader.read(f"\x1b[{y + 1};1H" + "".join(_written(segment) for segment in row))
        return reader.grid

    def on(self, profile: TerminalProfile) -> "Seen":
        """The same on another terminal."""
        return replace(self, profile=profile)

    def colourless(self) -> "Seen":
        return self.on(replace(self.profile, colours=Colours.NONE))

    @cached_property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.grid.lines()]

    def words(self, wanted: str) -> str:
        """The line with these words."""
        return next(line for line in self.lines if wanted in line)

    def row(self, wanted: str) -> list[tuple[str, int]]:
        """The cells of the line with these words: character and attributes."""
        y = self.lines.index(self.words(wanted))
        return [(text, style.attributes) for text, style in zip(self.grid.text[y], self.grid.styles[y], strict=True)]

    def state_line(self) -> str:
        """Mark and word of the cluster's state, the third line of its pane."""
        return "".join(self.grid.text[next(y for y, line in enumerate(self.lines) if "CLUSTER" in line) + 2][40:])

    def pairs(self) -> set[Style]:
        """The styles in which something is to be read."""
        cells = zip(self.grid.text, self.grid.styles, strict=True)
        return {style for row in cells for text, style in zip(*row, strict=True) if text.strip()}

    def golden(self) -> str:
        """The text, then for each row the runs of equal style, by the letters that the legend explains."""
        letters: dict[Style, str] = {}
        rows = []
        for styles in self.grid.styles:
            runs = [(style, len(list(run))) for style, run in groupby(styles)]
            rows.append(" ".join(f"{letters.setdefault(s, _letter(len(letters)))}{n}" for s, n in runs))
        legend = [f"{letter} {_told(style)}" for style, letter in letters.items()]
        return "\n".join([*self.lines, "", *rows, "", *legend, ""])

    def picture(self) -> Picture:
        return [
            [self._cell(text, style) for text, style in zip(texts, styles, strict=True)]
            for texts, styles in zip(self.grid.text, self.grid.styles, strict=True)
        ]

    def _cell(self, text: str, style: Style) -> Cell:
        fore, back = colours(style, self.profile)
        bold = bool(style.attributes & BOLD) and self.profile.kind is not Kind.CONSOLE
        return Cell(text, _hex(fore), _hex(back), bold, bool(style.attributes & UNDERLINE))


def look_at(app: ConsoleApp, profile: TerminalProfile) -> Seen:
    """What stands on the screen now, as a terminal of this kind shows it."""
    strips = app.screen._compositor.render_strips()
    return Seen([list(strip) for strip in strips], (app.size.width, app.size.height), profile)


def _written(segment: Segment) -> str:
    """As Textual writes it under the driver: in true colour, whatever the tests' own terminal has."""
    style = segment.style
    return style.render(segment.text, color_system=ColorSystem.TRUECOLOR) if style else segment.text


def colours(style: Style, profile: TerminalProfile) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Foreground and background as they come out; the terminal's own are those of a VGA card."""
    foreground = 7 if style.foreground == DEFAULT else style.foreground
    background = 0 if style.background == DEFAULT else style.background
    if profile.kind is Kind.CONSOLE and style.attributes & BOLD and foreground < 8:
        foreground += 8  # There bold is the bright colour.
    fore, back = to_rgb(foreground), to_rgb(background)
    if profile.colours is Colours.NONE:
        fore, back = BASIC[7], BASIC[0]
    return (back, fore) if style.attributes & REVERSE else (fore, back)


def compare(name: str, content: str) -> str | None:
    """None when the golden file says the same; ``UPDATE_GOLDEN=1`` writes it anew, to be looked at before a commit."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    stored = path.read_text(encoding="utf-8") if path.exists() else ""
    return None if stored == content else f"{name} differs:\n{content}"


def _letter(place: int) -> str:
    return chr(ord("a") + place) if place < 26 else chr(ord("A") + place - 26)


def _told(style: Style) -> str:
    words = [f"{_colour(style.foreground)} on {_colour(style.background)}"]
    words += [name for bit, name in ATTRIBUTES.items() if style.attributes & bit]
    return " ".join(words)


def _colour(colour: int) -> str:
    if colour == DEFAULT:
        return "default"
    return str(colour) if colour < 256 else _hex(to_rgb(colour))


def _hex(rgb: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)
