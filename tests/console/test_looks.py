"""Every screen in every look: as it was last looked at, readable, in its own glyphs, told apart without colour."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest

from quantix_tui.console.driver.glyphs import UNKNOWN, glyphs_for
from quantix_tui.console.driver.style import DIM, ITALIC, UNDERLINE
from quantix_tui.console.glyphs import MARK_BAD, MARK_CALM, MARK_GOOD, MARK_UNKNOWN, MARK_WARN
from quantix_tui.console.lines import Role
from quantix_tui.console.look import Look, look_for
from quantix_tui.console.looks.console import CONSOLE
from quantix_tui.console.looks.modern import MODERN
from quantix_tui.console.looks.plain import PLAIN
from quantix_tui.console.terminal import Colours, Family, Kind, TerminalProfile
from quantix_tui.console.terminal.profile import ASCII, CONSOLE_COMMON, CP437, DRAWING, UNICODE
from tests.console.looking import SIZES, TERMINALS, Seen, colours, compare, look_at
from tests.console.screen import Hands
from tests.console.tour import tour, without_waiting

LOOKS = (MODERN, CONSOLE, PLAIN)
Walk = dict[str, Seen]
AGAIN = {"help": ("escape", "question_mark"), "about-code": ("escape", "enter")}
"""Keys that open a page anew: what it shows was chosen for the look that it was opened in."""
_seen: dict[tuple[int, int], dict[str, Walk]] = {}


@pytest.fixture
async def walk(look: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Every screen of a look in a size. Walked once a process, and seen at each stop in all looks."""
    if size not in _seen:
        without_waiting(monkeypatch)
        seen: dict[str, Walk] = {name: {} for name in TERMINALS}
        async for stop, hands in tour(CONSOLE, size):
            # First the look that it has: to change it is what takes the time here.
            for name in sorted(TERMINALS, key=lambda name: not wears(hands, name)):
                if not wears(hands, name):
                    await hands.dress(look_for(TERMINALS[name]), AGAIN.get(stop, ()))
                seen[name][stop] = look_at(hands.app, TERMINALS[name])
        _seen[size] = seen
    return _seen[size][look]


def wears(hands: Hands, look: str) -> bool:
    return hands.app.theme == look_for(TERMINALS[look]).name


each_look = pytest.mark.parametrize("look", TERMINALS)
each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
small = pytest.mark.parametrize("size", SIZES[:1], ids=["80x24"])


@each_look
@each_size
async def test_golden_screens(look: str, size: tuple[int, int], walk: Walk) -> None:
    folder = f"{look}/{size[0]}x{size[1]}"
    differences = [compare(f"{folder}/{name}", seen.golden()) for name, seen in walk.items()]
    assert [difference for difference in differences if difference] == []


@pytest.mark.parametrize("look", ["console"])
@each_size
async def test_the_virtual_console_has_every_glyph(walk: Walk) -> None:
    assert CP437.repertoire is not None
    for name, seen in walk.items():
        # Drawn so that nothing has to be replaced: only the pointer has another number in that font.
        drawn = set(seen.written) - {"\n", "▶"}
        assert {part for part in drawn if not part.isascii()} <= CP437.repertoire, name
        assert {part for row in seen.grid.text for part in row if not part.isascii()} <= CP437.repertoire, name
        show = glyphs_for(CONSOLE_COMMON)
        assert UNKNOWN not in {show(part) for part in drawn - {UNKNOWN, " "}}, name


@pytest.mark.parametrize("look", ["plain"])
@each_size
async def test_the_plain_look_is_ascii_bold_and_reverse(walk: Walk) -> None:
    for name, seen in walk.items():
        assert seen.written.isascii(), name
        for style in {style for row in seen.grid.styles for style in row}:
            assert not style.attributes & (DIM | ITALIC | UNDERLINE), name
            assert (style.foreground, style.background) == (-1, -1), name


def luminance(colour: tuple[int, int, int]) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """WCAG 2.2, contrast ratio."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_what_it_is_called() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("look", "colour_count"),
    [
        ("modern", Colours.TRUE),
        ("modern", Colours.MANY),
        ("console", Colours.SIXTEEN),
        ("console", Colours.EIGHT),
        ("plain", Colours.NONE),
    ],
)
@small
async def test_everything_can_be_read(colour_count: Colours, walk: Walk) -> None:
    faint: dict[str, float] = {}
    for name, seen in walk.items():
        profile = replace(seen.profile, colours=colour_count)
        for pair in seen.on(profile).pairs():
            ratio = contrast(*colours(pair, profile))
            if ratio < 4.5:
                faint[f"{name}: {pair}"] = ratio
    assert faint == {}


STATES = {
    "dashboard-standalone": "STANDALONE",
    "dashboard-restart-needed": "RESTART NEEDED",
    "dashboard-connected": "CONNECTED",
    "dashboard-disconnected": "DISCONNECTED",
    "dashboard-daemon-died": "UNKNOWN",
    "dashboard-asking": "asking",
    "dashboard-registering": "DISCONNECTED",
}


@each_look
@small
async def test_each_state_is_told_apart_in_black_and_white(look: str, walk: Walk) -> None:
    shown = {name: walk[name].colourless() for name in STATES}
    for (one, first), (other, second) in combinations(shown.items(), 2):
        assert first.state_line() != second.state_line() or "registering" in one + other, (one, other)
        assert first.grid.text != second.grid.text, (one, other)
    for name, word in STATES.items():
        assert word in shown[name].state_line(), name
    marks = look_for(TERMINALS[look]).mark
    canonical = (MARK_GOOD, MARK_CALM, MARK_BAD, MARK_WARN, MARK_UNKNOWN, "...")
    assert len({marks(mark) for mark in canonical}) == len(canonical)


@each_look
@small
async def test_focus_selection_and_errors_are_seen_in_black_and_white(look: str, walk: Walk) -> None:
    """By the attributes or by a mark: the letters of the words are not counted."""
    pointer = glyphs_for(TERMINALS[look].glyphs)(look_for(TERMINALS[look]).signs.pointer)
    leave, chosen = walk["leave"].colourless(), walk["leave-chosen"].colourless()
    assert leave.row("Stay") != chosen.row("Stay")
    empty, typed = walk["join-empty"].colourless(), walk["join-typed"].colourless()
    assert pointer in empty.words("Control plane")
    assert pointer not in typed.words("Control plane")
    assert pointer in typed.words("Token")
    in_field, on_choice = walk["join-failed"].colourless(), walk["join-save-failed"].colourless()
    assert "Check again" in in_field.words("Check again")
    assert in_field.row("Check again") != on_choice.row("Check again")
    events = walk["events"].colourless()
    assert pointer in events.words("node daemon started")
    assert pointer not in events.words("joined by root")
    failed, compared = walk["join-failed"], walk["join-compare"]
    mark = look_for(TERMINALS[look]).mark
    rows = [failed.words("encryption"), failed.words("token  "), failed.words("this node"), compared.words("identity")]
    expected = [mark("OK"), mark("FAIL"), mark("-"), mark("?")]
    assert [row.strip("│║| ").split()[0] for row in rows] == expected
    assert len(set(expected)) == 4


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_look_is_complete(look: Look) -> None:
    assert set(look.styles) == set(Role)
    signs = look.signs
    assert {len(left) for left, _ in (signs.choice, signs.chosen)} == {2}
    assert {len(right) for _, right in (signs.choice, signs.chosen)} == {2}
    assert {len("".join(edges)) for edges in (signs.field, signs.field_focused)} == {2}
    assert set(look.theme.variables) == set(MODERN.theme.variables)


def profiles() -> Iterator[tuple[TerminalProfile, Look]]:
    emulator = TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.TRUE, UNICODE)
    yield emulator, MODERN
    yield replace(emulator, colours=Colours.MANY), MODERN
    yield replace(emulator, kind=Kind.MULTIPLEXER, family=Family.TMUX), MODERN
    yield replace(emulator, colours=Colours.SIXTEEN), CONSOLE
    yield replace(emulator, colours=Colours.NONE), CONSOLE  # NO_COLOR
    yield replace(emulator, glyphs=DRAWING), CONSOLE
    yield replace(emulator, glyphs=ASCII), PLAIN
    console = TerminalProfile(Kind.CONSOLE, Family.LINUX, Colours.SIXTEEN, CONSOLE_COMMON)
    yield console, CONSOLE
    yield replace(console, glyphs=CP437, colours=Colours.EIGHT), CONSOLE
    yield replace(console, colours=Colours.NONE), CONSOLE
    serial = TerminalProfile(Kind.SERIAL, Family.VT220, Colours.NONE, DRAWING)
    yield serial, PLAIN
    yield replace(serial, family=Family.LINUX, colours=Colours.EIGHT), CONSOLE
    yield replace(serial, glyphs=ASCII, colours=Colours.EIGHT), PLAIN
    yield TerminalProfile(Kind.DUMB, Family.ANSI, Colours.NONE, ASCII), PLAIN


@pytest.mark.parametrize(("profile", "look"), profiles())
def test_the_terminal_decides(profile: TerminalProfile, look: Look) -> None:
    assert look_for(profile) is look
