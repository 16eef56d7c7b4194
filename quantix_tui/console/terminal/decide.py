"""From what was seen to what it means. Pure, so that every machine we met is a line in a table of the tests."""

import re

from .facts import Facts, Overrides
from .profile import (
    ASCII,
    CONSOLE_COMMON,
    DEFAULT_SIZE,
    DRAWING,
    UNICODE,
    Colours,
    Family,
    Glyphs,
    Kind,
    TerminalProfile,
)

# Linux's list of allocated devices (admin-guide/devices.txt).
TTY_MAJOR = 4
FIRST_SERIAL_MINOR = 64
PSEUDO_TERMINALS = frozenset([2, 3, *range(136, 144)])

DUMB_TERMS = frozenset(["", "dumb", "unknown", "network", "dialup"])
TRUE_COLOUR_TERMS = re.compile(r"direct|kitty|alacritty|foot|wezterm|ghostty|contour|truecolor|24bit")
VT100_TERMS = re.compile(r"vt(100|102|101|125|131)|vt1")
VT220_TERMS = re.compile(r"vt[2345]")
XTERM_TERMS = re.compile(
    r"xterm|rxvt|kitty|alacritty|foot|wezterm|ghostty|contour|konsole|gnome|vte|putty|mintty|iterm|nsterm|st-|st$|eterm"
)


def decide(facts: Facts, overrides: Overrides = Overrides()) -> TerminalProfile:  # noqa: B008  (frozen)
    """What the terminal is and can do. The device decides before ``$TERM`` does; what a person said, before both."""
    kind = overrides.kind or _kind(facts)
    family = _family(kind, facts)
    # GNU screen keeps a lone Esc back until the next key while a mouse is asked for.
    has_mouse = kind in (Kind.EMULATOR, Kind.MULTIPLEXER) and family is not Family.SCREEN
    mouse = has_mouse if overrides.mouse is None else overrides.mouse
    return TerminalProfile(
        kind=kind,
        family=family,
        colours=_colours(kind, family, facts) if overrides.colours is None else overrides.colours,
        glyphs=overrides.glyphs or _glyphs(kind, family, facts),
        size=overrides.size or facts.size or DEFAULT_SIZE,
        speed=overrides.speed or (facts.speed if kind is Kind.SERIAL and _has_speed(facts) else None),
        input_encoding="iso8859-15" if kind is Kind.CONSOLE and facts.latin_keys else "utf-8",
        mouse=mouse and family in (Family.XTERM, Family.SCREEN, Family.TMUX),
        # As terminfo says; Apple's Terminal names itself xterm and does not know it.
        repeats=family is Family.XTERM and facts.variable("TERM_PROGRAM") != "Apple_Terminal",
    )


def _kind(facts: Facts) -> Kind:
    term = facts.variable("TERM").lower()
    if not facts.is_tty:
        return Kind.DUMB
    if facts.answers_as_console or (facts.major == TTY_MAJOR and facts.minor < FIRST_SERIAL_MINOR):
        return Kind.CONSOLE
    if facts.major not in PSEUDO_TERMINALS:
        return Kind.SERIAL
    if term in DUMB_TERMS:
        return Kind.DUMB
    if facts.variable("TMUX") or facts.variable("STY") or term.startswith(("screen", "tmux")):
        return Kind.MULTIPLEXER
    return Kind.EMULATOR


def _has_speed(facts: Facts) -> bool:
    return facts.major not in PSEUDO_TERMINALS


def _family(kind: Kind, facts: Facts) -> Family:
    term = facts.variable("TERM").lower()
    if kind is Kind.CONSOLE:
        return Family.LINUX
    if kind is Kind.SERIAL and term in DUMB_TERMS:
        # What agetty assumes too, and every serial client of today obeys.
        return Family.VT220
    by_name = (
        (term.startswith("tmux") or bool(facts.variable("TMUX")), Family.TMUX),
        (term.startswith("screen") or bool(facts.variable("STY")), Family.SCREEN),
        (term.startswith("linux"), Family.LINUX),
        (bool(VT100_TERMS.match(term)), Family.VT100),
        (bool(VT220_TERMS.match(term)), Family.VT220),
        (bool(XTERM_TERMS.search(term)), Family.XTERM),
    )
    return next((family for fits, family in by_name if fits), Family.ANSI)


def _colours(kind: Kind, family: Family, facts: Facts) -> Colours:
    term = facts.variable("TERM").lower()
    if facts.variable("NO_COLOR") or kind is Kind.DUMB or family in (Family.VT100, Family.VT220):
        return Colours.NONE
    if kind is Kind.CONSOLE:
        # In VGA text mode the 257th glyph takes the bit that makes a colour bright.
        return Colours.EIGHT if facts.vga_text and facts.font_is_large else Colours.SIXTEEN
    if kind is Kind.SERIAL:
        # $COLORTERM is a leftover of another terminal on a serial line.
        return Colours.SIXTEEN if family is Family.XTERM else Colours.EIGHT
    if TRUE_COLOUR_TERMS.search(term) or facts.variable("COLORTERM").lower() in ("truecolor", "24bit"):
        return Colours.TRUE
    if "256" in term:
        return Colours.MANY
    return Colours.SIXTEEN if family in (Family.XTERM, Family.TMUX) else Colours.EIGHT


def _glyphs(kind: Kind, family: Family, facts: Facts) -> Glyphs:
    if kind is Kind.CONSOLE:
        return CONSOLE_COMMON if facts.font is None else Glyphs("utf-8", facts.font)
    drawing = DRAWING if family is not Family.ANSI else ASCII
    if kind in (Kind.SERIAL, Kind.DUMB):
        return drawing if kind is Kind.SERIAL else ASCII
    return UNICODE if _says_utf8(facts) else drawing


def _says_utf8(facts: Facts) -> bool:
    """Whether an emulator's screen is UTF-8: by its locale, and where that was never set, by the line's own flag."""
    if everything := facts.variable("LC_ALL"):
        return _is_utf8(everything)
    characters, language = facts.variable("LC_CTYPE"), facts.variable("LANG")
    # Python itself puts LC_CTYPE=C.UTF-8 into the environment of a C locale (PEP 538): that says nothing.
    if characters and characters != "C.UTF-8":
        return _is_utf8(characters)
    if language:
        return _is_utf8(language)
    # Whatever announces 24-bit colour is younger than UTF-8.
    return facts.utf8_input or bool(facts.variable("COLORTERM"))


def _is_utf8(locale: str) -> bool:
    return "utf-8" in locale.lower() or "utf8" in locale.lower()
