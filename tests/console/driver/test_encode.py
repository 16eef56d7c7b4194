"""Whatever is to be shown, the bytes of the encoder make each terminal show exactly that."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.console.driver.dialect import Dialect, dialect_for
from quantix_tui.console.driver.encode import clear, paint
from quantix_tui.console.driver.glyphs import glyphs_for
from quantix_tui.console.driver.grid import Grid
from quantix_tui.console.driver.palette import palette_for
from quantix_tui.console.driver.parse import Reader
from quantix_tui.console.driver.screen import Screen
from quantix_tui.console.driver.style import PLAIN, Style, on_blank
from quantix_tui.console.terminal import Colours, Family, Kind, TerminalProfile
from quantix_tui.console.terminal.profile import ASCII, CONSOLE_COMMON, DRAWING, UNICODE

from .emulator import Terminal

PROFILES = {
    "vt100": TerminalProfile(Kind.SERIAL, Family.VT100, Colours.NONE, DRAWING),
    "vt220": TerminalProfile(Kind.SERIAL, Family.VT220, Colours.NONE, DRAWING),
    "ansi": TerminalProfile(Kind.SERIAL, Family.ANSI, Colours.EIGHT, ASCII),
    "linux": TerminalProfile(Kind.CONSOLE, Family.LINUX, Colours.SIXTEEN, CONSOLE_COMMON),
    "screen": TerminalProfile(Kind.MULTIPLEXER, Family.SCREEN, Colours.EIGHT, UNICODE),
    "tmux": TerminalProfile(Kind.MULTIPLEXER, Family.TMUX, Colours.MANY, UNICODE),
    "xterm": TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.TRUE, UNICODE, repeats=True),
    "xterm in C": TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.SIXTEEN, DRAWING, repeats=True),
}
COLUMNS, ROWS = 24, 6

SGRS = [
    "",
    "0",
    "1",
    "2",
    "7",
    "4",
    "31",
    "97",
    "38;2;200;30;30",
    "48;2;0;0;120",
    "44",
    "100",
    "1;33",
    "38;5;208",
    "3",
    "9",
]
texts = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "─" * 9,
                "│",
                " " * 12,
                " " * 24,
                "aaaaaaaaaaaaa",
                "漢字",
                "e\u0301",
                "✓ ok",
                "🔒",
                "⚠\ufe0f",
                "qlx_~",
                "+,-.0",
                "█",
            ]
        ),
        st.text(st.characters(codec="utf-8"), max_size=8),
    ),
    max_size=4,
).map("".join)
writes = st.lists(
    st.tuples(st.integers(0, ROWS), st.integers(0, COLUMNS), st.sampled_from(SGRS), texts).map(
        lambda w: f"\x1b[{w[0]};{w[1]}H\x1b[{w[2]}m{w[3]}\x1b[0m"
    ),
    max_size=12,
).map("".join)
cursors = st.none() | st.tuples(st.integers(0, COLUMNS - 1), st.integers(0, ROWS - 1))
moves = st.sampled_from([0, 0, 0, 1, 2, -1, -2])
pushes = st.sampled_from([0, 0, 0, 1, 3, -1, -2])
frames = st.lists(st.tuples(st.booleans(), moves, pushes, writes, cursors), min_size=1, max_size=6)


def start(profile: TerminalProfile) -> tuple[Reader, Screen, Terminal, Dialect]:
    dialect = dialect_for(profile)
    reader = Reader(Grid.blank(COLUMNS, ROWS), glyphs_for(profile.glyphs), palette_for(profile))
    screen = Screen(Grid.blank(COLUMNS, ROWS))
    terminal = Terminal(COLUMNS, ROWS, dialect)
    terminal.feed(dialect.start.encode() + clear(screen, dialect))
    return reader, screen, terminal, dialect


def roll(grid: Grid, by: int) -> None:
    """Move everything up, as a list does, and around."""
    grid.text[:] = grid.text[by:] + grid.text[:by]
    grid.styles[:] = grid.styles[by:] + grid.styles[:by]


def push(grid: Grid, by: int) -> None:
    """Move what stands in the middle of a row aside, between borders that stay."""
    if by and all(len(text) == 1 for text in grid.text[1]):
        grid.move_cells(1, 4, by, PLAIN)
        grid.move_cells(1, COLUMNS - 5, -by, PLAIN)


def wanted(grid: Grid, dialect: Dialect) -> list[list[tuple[str, Style]]]:
    cells = [
        [(text, on_blank(style) if text == " " else style) for text, style in zip(*row, strict=True)]
        for row in zip(grid.text, grid.styles, strict=True)
    ]
    if not dialect.no_wrap:
        cells[-1][-1] = (" ", PLAIN)
    return cells


@pytest.mark.parametrize("name", PROFILES)
@given(frames=frames)
@settings(max_examples=40, deadline=None)
def test_the_terminal_shows_what_was_drawn(
    name: str, frames: list[tuple[bool, int, int, str, tuple[int, int] | None]]
) -> None:
    reader, screen, terminal, dialect = start(PROFILES[name])
    for anew, by, aside, written, cursor in frames:
        if anew:
            reader.grid = Grid.blank(COLUMNS, ROWS)
        roll(reader.grid, by)
        push(reader.grid, aside)
        reader.read(written)
        terminal.feed(paint(screen, reader.grid, cursor, dialect).data)
        assert terminal.seen() == wanted(reader.grid, dialect)
        assert terminal.cursor_shown == (cursor is not None or not dialect.hides_cursor)
        if cursor is not None:
            assert (terminal.x, terminal.y) == cursor
        assert not terminal.shifted
        assert paint(screen, reader.grid, cursor, dialect).data == b""


@pytest.mark.parametrize("name", PROFILES)
@given(frames=frames, limit=st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_frames_in_pieces_that_newer_ones_overtake(
    name: str, frames: list[tuple[bool, int, int, str, tuple[int, int] | None]], limit: int
) -> None:
    reader, screen, terminal, dialect = start(PROFILES[name])
    for anew, by, aside, written, cursor in frames:
        if anew:
            reader.grid = Grid.blank(COLUMNS, ROWS)
        roll(reader.grid, by)
        push(reader.grid, aside)
        reader.read(written)
        terminal.feed(paint(screen, reader.grid, cursor, dialect, limit=limit, first=[3]).data)
    for _ in range(COLUMNS * ROWS):
        frame = paint(screen, reader.grid, None, dialect, limit=limit)
        terminal.feed(frame.data)
        if frame.complete:
            break
    assert frame.complete
    assert terminal.seen() == wanted(reader.grid, dialect)


def test_a_piece_is_not_much_longer_than_its_limit() -> None:
    reader, screen, _, dialect = start(PROFILES["vt220"])
    reader.read("".join(f"\x1b[{y + 1};1H\x1b[{y % 2}m{'x' * COLUMNS}" for y in range(ROWS)))
    while not (frame := paint(screen, reader.grid, (0, 0), dialect, limit=30)).complete:
        assert 30 <= len(frame.data) <= 60


def test_an_unknown_style_is_set_from_scratch() -> None:
    reader, screen, terminal, dialect = start(PROFILES["xterm"])
    reader.read("\x1b[1;1H\x1b[1mbold")
    screen.style = None
    terminal.feed(paint(screen, reader.grid, None, dialect).data)
    assert terminal.seen() == wanted(reader.grid, dialect)


@pytest.mark.parametrize(
    ("written", "data"),
    [
        ("\x1b[1;1Hab", b"ab"),
        ("\x1b[3;1Hx", b"\r\n\nx"),
        ("\x1b[5;1Hx", b"\x1b[5Hx"),
        ("\x1b[1;4Hx", b"   x"),
        ("\x1b[1;20Hx", b"\x1b[20Gx"),
        ("\x1b[1;1H\x1b[1ma\x1b[0m b", b"\x1b[1ma \x1b[mb"),
        ("\x1b[1;1H\x1b[1ma\x1b[0m \x1b[1mb", b"\x1b[1ma b"),
        ("\x1b[1;1H" + "─" * 20, "─\x1b[19b".encode()),
    ],
)
def test_the_shortest_way(written: str, data: bytes) -> None:
    reader, screen, _, dialect = start(PROFILES["xterm"])
    screen.cursor_shown = False
    reader.read(written)
    assert paint(screen, reader.grid, None, dialect).data == data


def test_line_drawing_takes_one_byte_a_cell() -> None:
    reader, screen, _, dialect = start(PROFILES["vt220"])
    screen.cursor_shown = False
    reader.read("\x1b[1;1H┌──┐ A")
    assert paint(screen, reader.grid, None, replace(dialect)).data == b"\x0elqqk \x0fA"


def test_text_is_never_sent_while_the_graphics_set_is_on() -> None:
    reader, screen, terminal, dialect = start(PROFILES["vt220"])
    reader.read("\x1b[1;1H│2001:db8::1-0.0+5,│\x1b[2;1H─── 0 ─── A ")
    terminal.feed(paint(screen, reader.grid, None, dialect).data)
    assert terminal.seen() == wanted(reader.grid, dialect)
    reader.read("\x1b[1;1H│2001:db8::1-0.0+5,┤\x1b[2;1H─── 0 ──── 0")
    terminal.feed(paint(screen, reader.grid, None, dialect).data)
    assert terminal.seen() == wanted(reader.grid, dialect)


def test_erasing_is_used_where_it_is_shorter() -> None:
    reader, screen, terminal, dialect = start(PROFILES["vt220"])
    reader.read("".join(f"\x1b[{y + 1};1H{'x' * COLUMNS}" for y in range(ROWS)))
    terminal.feed(paint(screen, reader.grid, None, dialect).data)
    reader.grid = Grid.blank(COLUMNS, ROWS)
    assert paint(screen, reader.grid, None, dialect).data == b"\x1b[H\x1b[J"


@pytest.mark.parametrize(
    ("before", "after", "most"),
    [
        ("L Leave   R Restart", "J Join   R Restart", 17),
        ("J Join   R Restart", "L Leave   R Restart", 17),
        ("│ a b c d e f g     │", "│ xxa b c d e f g   │", 24),
        ("│ xxa b c d e f g   │", "│ a b c d e f g     │", 24),
    ],
)
def test_text_that_moved_aside_is_moved_by_the_terminal(before: str, after: str, most: int) -> None:
    reader, screen, terminal, dialect = start(PROFILES["vt220"])
    reader.read(f"\x1b[1;1H{before:{COLUMNS}}")
    terminal.feed(paint(screen, reader.grid, (0, 0), dialect).data)
    reader.read(f"\x1b[1;1H{after:{COLUMNS}}")
    sent = paint(screen, reader.grid, None, dialect).data
    terminal.feed(sent)
    assert terminal.seen() == wanted(reader.grid, dialect)
    assert len(sent.removesuffix(b"\x1b[?25l")) <= most


@pytest.mark.parametrize(("by", "data"), [(1, b"\x1b[1;6r\x1b[6H\n\x1b[r"), (-1, b"\x1b[1;6r\x1b[H\x1bM\x1b[r")])
def test_rows_that_moved_are_moved_by_the_terminal(by: int, data: bytes) -> None:
    reader, screen, terminal, dialect = start(PROFILES["vt220"])
    reader.read("".join(f"\x1b[{y + 1};1Hrow number {y}" for y in range(ROWS)))
    terminal.feed(paint(screen, reader.grid, None, dialect).data)
    roll(reader.grid, by)
    gone = ROWS if by > 0 else 1
    reader.read(f"\x1b[{gone};1H{' ' * COLUMNS}")
    sent = paint(screen, reader.grid, None, dialect).data
    terminal.feed(sent)
    assert sent == data
    assert terminal.seen() == wanted(reader.grid, dialect)
