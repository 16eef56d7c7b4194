"""The control sequences a terminal knows, by family. What is not listed for it is never sent to it.

Sources: the terminfo entries vt100, vt220, linux, xterm-256color, screen, tmux-256color; the VT220 Programmer
Reference; xterm's ctlseqs; drivers/tty/vt/vt.c for the Linux console.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from quantix_tui.console.terminal import Colours, Family, Kind, TerminalProfile

DEC_GRAPHICS = {
    "◆": "`", "▒": "a", "°": "f", "±": "g", "┘": "j", "┐": "k", "┌": "l", "└": "m", "┼": "n", "─": "q", "├": "t",
    "┤": "u", "┴": "v", "┬": "w", "│": "x", "≤": "y", "≥": "z", "π": "{", "≠": "|", "£": "}", "·": "~",
}  # fmt: skip
"""What the DEC special graphics set has, and the byte that draws it there (VT220 Programmer Reference, table 2-4)."""

SHIFT_OUT, SHIFT_IN = "\x0e", "\x0f"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What may be sent, and what is sent on the way in and out."""

    encoding: str = "utf-8"
    graphics: Mapping[str, str] = field(default_factory=dict)
    """Characters drawn by switching to the DEC special graphics set, and the byte for each."""
    columns: bool = False
    """CHA and VPA: to a column, to a row."""
    erase_characters: bool = False
    """ECH: blank n cells from the cursor on."""
    shifts: bool = False
    """DCH and ICH: take out cells, or put blanks in, and move the rest of the row."""
    repeat: bool = False
    """REP: print the last character n times more."""
    erase_colours: bool = False
    """What is erased takes the background colour that is set (bce)."""
    single_offs: bool = False
    """SGR 22-29, 39 and 49."""
    scroll_region: bool = False
    """DECSTBM, IND and RI."""
    no_wrap: bool = False
    """DECAWM can be switched off, so that the last cell of the screen can be written."""
    hides_cursor: bool = False
    synchronized: bool = False
    """Frames may be marked with mode 2026. Only ever set, never asked for."""
    clipboard: bool = False
    """OSC 52."""
    enter: str = ""
    leave: str = ""

    @property
    def start(self) -> str:
        """What is sent when the program takes the screen."""
        wrap = "\x1b[?7l" if self.no_wrap else ""
        return f"{self.enter}{wrap}{self.start_graphics}"

    @property
    def start_graphics(self) -> str:
        """ASCII at hand, and the graphics set one shift away."""
        return f"\x1b(B\x1b)0{SHIFT_IN}" if self.graphics else ""

    @property
    def stop_graphics(self) -> str:
        return SHIFT_IN if self.graphics else ""

    @property
    def stop(self) -> str:
        """What is sent when it gives the screen back: every mode as it was, the cursor seen, the picture gone."""
        wrap = "\x1b[?7h" if self.no_wrap else ""
        cursor = "\x1b[?25h" if self.hides_cursor else ""
        margins = "\x1b[r" if self.scroll_region else ""
        return f"\x1b[m{self.stop_graphics}{margins}\x1b[H\x1b[J{wrap}{cursor}{self.leave}"


ALTERNATE = ("\x1b[?1049h", "\x1b[?1049l")
PASTE = ("\x1b[?2004h", "\x1b[?2004l")
FOCUS = ("\x1b[?1004h", "\x1b[?1004l")
MOUSE = ("\x1b[?1000h\x1b[?1003h\x1b[?1006h", "\x1b[?1006l\x1b[?1003l\x1b[?1000l")
UTF8 = ("\x1b%G", "\x1b%@")
"""Puts a console that is not in UTF-8 into it, and back (console_codes(4))."""


def dialect_for(profile: TerminalProfile) -> Dialect:
    """The control language of this terminal."""
    modern = profile.family in (Family.XTERM, Family.TMUX)
    modes = [ALTERNATE] if profile.family in (Family.XTERM, Family.TMUX, Family.SCREEN) else []
    if modern:
        modes.append(PASTE)
    if modern and profile.kind is not Kind.SERIAL:
        modes.append(FOCUS)
    if profile.mouse:
        modes.append(MOUSE)
    if profile.kind is Kind.CONSOLE and profile.input_encoding != "utf-8":
        modes.append(UTF8)
    beyond_vt100 = profile.family not in (Family.VT100, Family.ANSI)
    by_column = profile.family in (Family.LINUX, Family.XTERM, Family.TMUX, Family.SCREEN)
    return Dialect(
        encoding=profile.glyphs.encoding,
        graphics=_graphics(profile),
        columns=by_column,
        erase_characters=profile.family in (Family.VT220, Family.LINUX, Family.XTERM),
        shifts=beyond_vt100,
        repeat=profile.repeats,
        erase_colours=profile.family in (Family.LINUX, Family.XTERM),
        single_offs=beyond_vt100,
        scroll_region=profile.family is not Family.ANSI,
        no_wrap=profile.family is not Family.ANSI,
        hides_cursor=beyond_vt100,
        synchronized=modern and profile.kind is Kind.EMULATOR and profile.colours >= Colours.MANY,
        clipboard=modern and profile.kind in (Kind.EMULATOR, Kind.MULTIPLEXER),
        enter="".join(on for on, _ in modes),
        leave="".join(off for _, off in reversed(modes)),
    )


def _graphics(profile: TerminalProfile) -> Mapping[str, str]:
    if not profile.glyphs.line_drawing:
        return {}
    # The set is for what cannot be sent as a character: in a Latin encoding the degree sign goes out as itself.
    return {
        character: byte
        for character, byte in DEC_GRAPHICS.items()
        if profile.glyphs.encoding == "ascii" or not _encodes(character, profile.glyphs.encoding)
    }


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
