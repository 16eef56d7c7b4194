"""What was seen of the terminal, and what a person said about it; both frozen, neither judged here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from .profile import ASCII, CONSOLE_COMMON, CP437, DRAWING, UNICODE, Colours, Glyphs, Kind, Size

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Facts:
    """Seen by system calls and in the environment; the defaults are "nothing seen"."""

    is_tty: bool = True
    major: int = 136
    """The terminal's device number; 136 and following are pseudo-terminals."""
    minor: int = 0
    answers_as_console: bool = False
    """The kernel answered KDGKBTYPE: a virtual console whatever its number."""
    font: frozenset[str] | None = None
    """The characters of the virtual console's font (GIO_UNIMAP); None: it did not say."""
    font_is_large: bool = False
    """The font has more than 256 glyphs."""
    vga_text: bool = False
    """The console is drawn by the VGA card in text mode, not in a frame buffer."""
    latin_keys: bool = False
    """The virtual console's keyboard gives 8-bit characters (K_XLATE): the console is not in UTF-8 mode."""
    utf8_input: bool = False
    """The line's IUTF8 flag, which terminal programs and sshd set for a UTF-8 screen."""
    size: Size | None = None
    speed: int | None = None
    """Bits per second as set on the line; meaningless on a pseudo-terminal."""
    environment: Mapping[str, str] | None = None

    def variable(self, name: str) -> str:
        return (self.environment or {}).get(name, "")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a person said this terminal is; None: find out. It always wins."""

    kind: Kind | None = None
    colours: Colours | None = None
    glyphs: Glyphs | None = None
    size: Size | None = None
    speed: int | None = None
    mouse: bool | None = None


COLOURS = {
    "none": Colours.NONE,
    "8": Colours.EIGHT,
    "16": Colours.SIXTEEN,
    "256": Colours.MANY,
    "true": Colours.TRUE,
}
GLYPHS = {
    "unicode": UNICODE,
    "console": CONSOLE_COMMON,
    "cp437": CP437,
    "drawing": DRAWING,
    "ascii": ASCII,
}
SWITCH = {"on": True, "off": False}


def overrides_from(environment: Mapping[str, str]) -> Overrides:
    """Read QUANTIX_TERMINAL, QUANTIX_COLORS, QUANTIX_GLYPHS, QUANTIX_SIZE, QUANTIX_SPEED and QUANTIX_MOUSE.

    Raises ValueError, naming the variable and what it may be, for a value that is none of them.
    """

    return Overrides(
        kind=_choice(environment, "QUANTIX_TERMINAL", {kind.value: kind for kind in Kind}),
        colours=_choice(environment, "QUANTIX_COLORS", COLOURS),
        glyphs=_choice(environment, "QUANTIX_GLYPHS", GLYPHS),
        size=_size(environment.get("QUANTIX_SIZE", "")),
        speed=_speed(environment.get("QUANTIX_SPEED", "")),
        mouse=_choice(environment, "QUANTIX_MOUSE", SWITCH),
    )


def _choice(environment: Mapping[str, str], name: str, choices: Mapping[str, T]) -> T | None:
    value = environment.get(name, "").strip().lower()
    if not value:
        return None
    if value not in choices:
        raise ValueError(f"{_named(name)} is {value!r}; it can be {', '.join(choices)}.")
    return choices[value]


def _named(variable: str) -> str:
    """By both names that a person may have used."""
    return f"--{variable.removeprefix('QUANTIX_').lower()} ({variable})"


def _size(text: str) -> Size | None:
    if not text:
        return None
    columns, _, rows = text.lower().partition("x")
    if not (columns.isdecimal() and rows.isdecimal() and int(columns) and int(rows)):
        raise ValueError(f"{_named('QUANTIX_SIZE')} is {text!r}; it is columns and rows, for example 80x24.")
    return Size(int(columns), int(rows))


def _speed(text: str) -> int | None:
    if not text:
        return None
    if not (text.isdecimal() and int(text)):
        raise ValueError(f"{_named('QUANTIX_SPEED')} is {text!r}; it is bits per second, for example 9600.")
    return int(text)
