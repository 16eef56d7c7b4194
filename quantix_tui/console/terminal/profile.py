"""The terminal's profile: everything the console needs to know about the screen it is on."""

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple

ESCAPE_DELAY = 0.1
ESCAPE_DELAY_SERIAL = 0.5
"""Seconds. Serial-over-LAN clients tear escape sequences apart, so a lone Esc is only believed after a longer wait."""


class Kind(Enum):
    """What stands at the other end, as far as the kernel and the environment tell."""

    CONSOLE = "console"
    """The kernel's virtual console (a monitor, a BMC's remote video)."""
    SERIAL = "serial"
    """A serial line, serial-over-LAN, or a hypervisor's console."""
    EMULATOR = "emulator"
    """A terminal program, here or over SSH."""
    MULTIPLEXER = "multiplexer"
    """tmux or screen."""
    DUMB = "dumb"
    """Something that does not obey cursor movements, or no terminal at all."""


class Colours(IntEnum):
    """How many colours the terminal shows; ordered, so that ``>=`` means "at least as many"."""

    NONE = 0
    EIGHT = 8
    SIXTEEN = 16
    MANY = 256
    TRUE = 1 << 24


class Family(Enum):
    """The control language the terminal understands. Sequences outside it are never sent."""

    VT100 = "vt100"
    VT220 = "vt220"
    LINUX = "linux"
    XTERM = "xterm"
    SCREEN = "screen"
    TMUX = "tmux"
    ANSI = "ansi"
    """Only what everything obeys: absolute positions, erasing, bold and reverse."""


class Size(NamedTuple):
    columns: int
    rows: int


DEFAULT_SIZE = Size(80, 24)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Which characters the terminal can show, and how they are sent."""

    encoding: str
    """Python's name of the encoding that characters leave in."""
    repertoire: frozenset[str] | None = None
    """The characters the font has beside ASCII; None: every character of the encoding."""
    line_drawing: bool = False
    """The DEC special graphics set may be switched to, for what ``repertoire`` or the encoding lack."""


UNICODE = Glyphs("utf-8")
ASCII = Glyphs("ascii")
DRAWING = Glyphs("ascii", line_drawing=True)
CONSOLE_COMMON = Glyphs("utf-8", frozenset("─│┌┐└┘├┤┬┴┼█░▒·°←↑→↓▼"))
"""What every console font we met can show (Lat15, Uni2, the kernel's and the BIOS's CP437)."""
CP437 = Glyphs("utf-8", frozenset(bytes(range(0x80, 0x100)).decode("cp437") + "☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼⌂"))


@dataclass(frozen=True, slots=True)
class TerminalProfile:
    """What this terminal is and can do.

    ``speed`` is the line's speed in bits per second, None where there is no line to wait for.
    """

    kind: Kind = Kind.EMULATOR
    family: Family = Family.XTERM
    colours: Colours = Colours.TRUE
    glyphs: Glyphs = field(default=UNICODE)
    size: Size = DEFAULT_SIZE
    speed: int | None = None
    input_encoding: str = "utf-8"
    """What typed characters arrive in: not UTF-8 on a virtual console that was never switched to it."""
    mouse: bool = False
    repeats: bool = False
    """The terminal knows REP, "print the last character n times more"."""

    @property
    def owned(self) -> bool:
        """No shell stands behind us on this line: being stopped would leave a dead console."""
        return self.kind in (Kind.CONSOLE, Kind.SERIAL)

    @property
    def escape_delay(self) -> float:
        """Seconds after which a lone Esc is the Esc key and not the head of a late sequence."""
        return ESCAPE_DELAY_SERIAL if self.kind is Kind.SERIAL else ESCAPE_DELAY


def textual_environment(profile: TerminalProfile) -> dict[str, str]:
    """The variables that Textual reads when it is imported; set them before the import.

    True colour always: the driver turns it into this terminal's colours, in one place and knowing the terminal.
    """
    # However slow the line: the driver leaves out what the line has no time for. Fewer would only delay the echoes.
    frames = "30" if profile.kind in (Kind.CONSOLE, Kind.SERIAL) else "60"
    return {
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
        "TEXTUAL_ANIMATIONS": "full" if profile.colours is Colours.TRUE else "none",
        "TEXTUAL_FPS": frames,
        "TEXTUAL_SMOOTH_SCROLL": "0",
        "TEXTUAL_DISABLE_KITTY_KEY": "1",
        "ESCDELAY": str(round(profile.escape_delay * 1000)),
    }
