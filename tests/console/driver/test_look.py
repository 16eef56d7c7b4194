"""Glyphs and colours: each terminal is sent only what it has, and never another width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from quantix_tui.console.driver import sgr
from quantix_tui.console.driver.fallback import NEAREST
from quantix_tui.console.driver.glyphs import glyphs_for
from quantix_tui.console.driver.grid import COVERED, Grid
from quantix_tui.console.driver.palette import palette_for
from quantix_tui.console.driver.parse import Reader
from quantix_tui.console.driver.style import BOLD, DEFAULT, DIM, ITALIC, PLAIN, REVERSE, RGB, UNDERLINE, Style
from quantix_tui.console.terminal import Colours, Family, Glyphs, Kind, TerminalProfile
from quantix_tui.console.terminal.profile import ASCII, CONSOLE_COMMON, CP437, DRAWING, UNICODE

SETS = {"unicode": UNICODE, "console": CONSOLE_COMMON, "cp437": CP437, "drawing": DRAWING, "ascii": ASCII}
DREW = "╭╮╰╯┏┓┗┛━┃╔╗╚╝═║╌╍▁▂▃▄▅▆▇█▔▀▌▐▎▊▏▕▛▜▙▟▘▝▖▗░▒▓●○◉◐■□▶◀▲▼▸•·…—–“”‘’✓✔✗✖★⚠⏎←→↑↓°€⠿⣀🭶🭻"
"""What Textual's borders, widgets and our own screens draw with."""


def has(glyphs: Glyphs, shown: str) -> bool:
    if glyphs is UNICODE:
        return "\ufffd" not in shown
    extra = glyphs.repertoire or (frozenset("◆▒°±┘┐┌└┼─├┤┴┬│≤≥π≠£·") if glyphs.line_drawing else frozenset())
    return all(" " <= part <= "~" or part in extra for part in shown)


@pytest.mark.parametrize("name", SETS)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=1))
def test_every_character_becomes_one_that_the_terminal_has_in_the_same_width(name: str, character: str) -> None:
    width = cell_len(character)
    if width:
        shown = glyphs_for(SETS[name])(character)
        assert cell_len(shown) == width
        assert has(SETS[name], shown)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("character", DREW)
def test_what_is_drawn_with_is_never_a_question_mark(name: str, character: str) -> None:
    shown = glyphs_for(SETS[name])(character)
    assert shown != "?"
    assert has(SETS[name], shown)
    assert cell_len(shown) == 1


@pytest.mark.parametrize("nearest", NEAREST.values())
def test_every_fallback_ends_in_ascii(nearest: str) -> None:
    assert nearest[-1].isascii()


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("ascii", "+-+|x|+-+ v ? ?? e - #"),
        ("drawing", "┌─┐│x│└─┘ v ? ?? e - #"),
        ("console", "┌─┐│x│└─┘ v ? ?? e - █"),
        ("cp437", "┌─┐│x│└─┘ √ ? ?? é - ■"),
        ("unicode", "╭─╮┃x┃╰━╯ ✓ ଇ 漢 é — ■"),
    ],
)
def test_a_row_of_each_look(name: str, row: str) -> None:
    show = glyphs_for(SETS[name])
    assert "".join(map(show, "╭─╮┃x┃╰━╯ ✓ ଇ 漢 é — ■")) == row


def test_a_letter_and_its_accent_are_one_glyph() -> None:
    assert glyphs_for(UNICODE)("e\u0301") == "é"
    assert glyphs_for(CP437)("e\u0301") == "é"
    assert glyphs_for(ASCII)("e\u0301") == "e"


@pytest.mark.parametrize(
    "smuggled", ["\x1b]0;title\x07", "\x1b[5n", "\x1bPq\x1b\\", "\x9b5n", "\x1bc", "\x00", "\x7f", "\u202e"]
)
def test_nothing_that_is_smuggled_into_a_text_reaches_the_terminal(smuggled: str) -> None:
    reader = Reader(Grid.blank(20, 1), glyphs_for(UNICODE), palette_for(TerminalProfile()))
    reader.read(f"\x1b[1;1Hab{smuggled}cd")
    assert reader.grid.lines()[0].startswith("ab")
    assert all(part.isprintable() for part in reader.grid.lines()[0])
    assert reader.requests == []


def test_wide_characters_cover_two_cells_and_are_cut_whole() -> None:
    reader = Reader(Grid.blank(5, 1), glyphs_for(UNICODE), palette_for(TerminalProfile()))
    reader.read("\x1b[1;1H漢字漢")
    assert reader.grid.text[0] == ["漢", COVERED, "字", COVERED, " "]
    reader.read("\x1b[1;2Hx")
    assert reader.grid.text[0] == [" ", "x", "字", COVERED, " "]


MONO = palette_for(TerminalProfile(Kind.SERIAL, Family.VT220, Colours.NONE))
EIGHT = palette_for(TerminalProfile(Kind.SERIAL, Family.LINUX, Colours.EIGHT))
CONSOLE = palette_for(TerminalProfile(Kind.CONSOLE, Family.LINUX, Colours.SIXTEEN))
SIXTEEN = palette_for(TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.SIXTEEN))
MANY = palette_for(TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.MANY))
TRUE = palette_for(TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.TRUE))
RED, NIGHT, SKY = RGB | 0xE03030, RGB | 0x0A0D12, RGB | 0x5FD7D7


@pytest.mark.parametrize(
    ("palette", "asked", "shown"),
    [
        (MONO, Style(RED, DEFAULT, BOLD | ITALIC), Style(attributes=BOLD)),
        (MONO, Style(DEFAULT, SKY), Style(attributes=REVERSE)),
        (MONO, Style(DEFAULT, NIGHT), PLAIN),
        (MONO, Style(9), Style(attributes=BOLD)),
        (MONO, Style(8), PLAIN),
        (MONO, Style(attributes=UNDERLINE), Style(attributes=UNDERLINE)),
        (EIGHT, Style(8, NIGHT), Style(7, 0)),
        (EIGHT, Style(12), Style(4, DEFAULT, BOLD)),
        (CONSOLE, Style(9, DEFAULT), Style(1, DEFAULT, BOLD)),
        (CONSOLE, Style(DEFAULT, DEFAULT, BOLD | REVERSE), Style(attributes=REVERSE)),
        (CONSOLE, Style(4, DEFAULT), Style(4, DEFAULT, BOLD)),
        (CONSOLE, Style(7, 0), PLAIN),
        (CONSOLE, Style(DEFAULT, 7), Style(0, 7)),
        (CONSOLE, Style(DEFAULT, 8), Style(DEFAULT, 4)),
        (CONSOLE, Style(1, DEFAULT, UNDERLINE | ITALIC), Style(1)),
        (CONSOLE, Style(attributes=DIM), Style(attributes=DIM)),
        (CONSOLE, Style(RGB | 0xD0D0D0, NIGHT), PLAIN),
        (SIXTEEN, Style(RED, DEFAULT), Style(9)),
        (SIXTEEN, Style(15, 15), Style(15, 7)),
        (SIXTEEN, Style(0, NIGHT), Style(7, 0)),
        (MANY, Style(SKY, NIGHT), Style(80, 233)),
        (MANY, Style(3, 5), Style(3, 5)),
        (TRUE, Style(SKY, NIGHT, ITALIC), Style(SKY, NIGHT, ITALIC)),
    ],
)
def test_colours(palette: object, asked: Style, shown: Style) -> None:
    assert palette(asked) == shown  # type: ignore[operator]


colours = st.one_of(st.just(DEFAULT), st.integers(0, 255), st.integers(0, (1 << 24) - 1).map(lambda rgb: RGB | rgb))
styles = st.builds(Style, colours, colours, st.integers(0, 127))


@given(styles | st.none(), styles, st.booleans())
def test_from_one_style_to_another(before: Style | None, after: Style, single_offs: bool) -> None:
    sequence = sgr.change(before, after, single_offs)
    codes = sequence.removeprefix("\x1b[").removesuffix("m")
    start = before if before is not None else Style(1, 2, 127)
    assert (sgr.read(start, codes) if sequence else start) == after


@given(styles)
def test_text_is_never_in_its_backgrounds_colour(style: Style) -> None:
    for palette in (EIGHT, CONSOLE, SIXTEEN):
        shown = palette(style)
        if style.foreground != style.background:
            assert shown.foreground != shown.background or shown.foreground == DEFAULT or shown.attributes & BOLD, shown
