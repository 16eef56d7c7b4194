"""Looking at the terminal: the few system calls whose answers ``decide`` judges. Nothing here is a judgement."""

import fcntl
import os
import struct
import termios
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .decide import decide
from .facts import Facts, Overrides
from .probe import Probe, probe_size
from .profile import Kind, Size, TerminalProfile

# include/uapi/linux/kd.h
KDGKBTYPE = 0x4B33
GIO_UNIMAP = 0x4B66
KDGKBMODE = 0x4B44
K_XLATE = 1
UNIMAP_ROOM = 0x4000
"""Pairs asked for at once; the largest map the kernel keeps for a 512-glyph font is far below."""

CONSOLE_DRIVERS = Path("/sys/class/vtconsole")


@dataclass(frozen=True, slots=True)
class Detection:
    """The profile, and what was typed while the line was asked for its size."""

    profile: TerminalProfile
    typed: bytes = b""


def detect(fd: int, environment: Mapping[str, str], overrides: Overrides = Overrides()) -> Detection:  # noqa: B008
    """Find out what the terminal on ``fd`` can do. Takes no longer than ``probe.WAIT``, and mostly no time at all."""
    facts = look(fd, environment)
    profile = decide(facts, overrides)
    if facts.size or overrides.size or profile.kind is not Kind.SERIAL:
        return Detection(profile)
    probe = _probe(fd)
    if probe.size is None:
        return Detection(profile, probe.typed)
    return Detection(replace(profile, size=probe.size), probe.typed)


def look(fd: int, environment: Mapping[str, str]) -> Facts:
    """Everything that can be seen of the terminal on ``fd`` without asking it anything over the line."""
    if not os.isatty(fd):
        return Facts(is_tty=False, environment=environment)
    device = os.fstat(fd).st_rdev
    console = _answers_as_console(fd)
    font, large = _font(fd) if console else (None, False)
    attributes = termios.tcgetattr(fd)
    return Facts(
        major=os.major(device),
        minor=os.minor(device),
        answers_as_console=console,
        font=font,
        font_is_large=large,
        vga_text=console and _is_vga_text(),
        latin_keys=console and _gives_latin_keys(fd),
        utf8_input=bool(attributes[0] & IUTF8),
        size=window_size(fd),
        speed=_SPEEDS.get(attributes[5]),
        environment=environment,
    )


def window_size(fd: int) -> Size | None:
    """The size the kernel knows; None where it says 0 by 0 or the line is gone."""
    try:
        rows, columns, _, _ = struct.unpack("4H", fcntl.ioctl(fd, termios.TIOCGWINSZ, b"\0" * 8))
    except OSError:
        return None
    return Size(columns, rows) if rows and columns else None


IUTF8 = 0o40000
"""asm-generic/termbits.h; the standard library does not name it before Python 3.13."""

_SPEEDS = {
    value: int(name[1:])
    for name, value in vars(termios).items()
    if name[:1] == "B" and name[1:].isdecimal() and isinstance(value, int) and value
}


def _answers_as_console(fd: int) -> bool:
    try:
        fcntl.ioctl(fd, KDGKBTYPE, b"\0")
    except OSError:
        return False
    return True


def _gives_latin_keys(fd: int) -> bool:
    try:
        mode = struct.unpack("i", fcntl.ioctl(fd, KDGKBMODE, b"\0\0\0\0"))[0]
    except OSError:
        return False
    return bool(mode == K_XLATE)


def _font(fd: int) -> tuple[frozenset[str] | None, bool]:
    """The characters that the console's font has a glyph for, and whether it has more than 256 glyphs."""
    pairs = array("H", bytes(4 * UNIMAP_ROOM))
    request = bytearray(struct.pack("HP", UNIMAP_ROOM, pairs.buffer_info()[0]))
    try:
        fcntl.ioctl(fd, GIO_UNIMAP, request)
    except OSError:
        return None, False
    count = struct.unpack_from("H", request)[0]
    return read_unimap(pairs[: 2 * count].tolist())


def read_unimap(flat: list[int]) -> tuple[frozenset[str] | None, bool]:
    """Read (character, glyph) pairs, one after the other, as GIO_UNIMAP returns them."""
    if not flat:
        return None, False
    characters, glyphs = flat[0::2], flat[1::2]
    # Below a blank there is no character; FFFD is the mark that we never want; FFFE and FFFF are not characters.
    shown = frozenset(chr(code) for code in characters if 0xA0 <= code < 0xFFFD and not 0xD800 <= code < 0xE000)
    return shown, max(glyphs) > 0xFF


def _is_vga_text() -> bool:
    for console in sorted(CONSOLE_DRIVERS.glob("vtcon*")):
        try:
            if (console / "bind").read_text().strip() == "1" and "VGA" in (console / "name").read_text():
                return True
        except OSError:  # unplugged between the listing and the reading
            continue
    return False


def _probe(fd: int) -> Probe:
    try:
        return probe_size(fd)
    except (OSError, termios.error):  # the line went away: the size does not matter any more
        return Probe(None, b"")
