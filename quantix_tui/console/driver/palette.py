"""From the colours that Textual asks for to those that this terminal has."""

from collections.abc import Callable
from functools import lru_cache

from quantix_tui.console.terminal import Colours, Kind, TerminalProfile

from .style import BLINK, BOLD, DEFAULT, DIM, REVERSE, RGB, STRIKE, UNDERLINE, Style

Translate = Callable[[Style], Style]

BASIC = (
    (0x00, 0x00, 0x00),
    (0xAA, 0x00, 0x00),
    (0x00, 0xAA, 0x00),
    (0xAA, 0x55, 0x00),
    (0x00, 0x00, 0xAA),
    (0xAA, 0x00, 0xAA),
    (0x00, 0xAA, 0xAA),
    (0xAA, 0xAA, 0xAA),
    (0x55, 0x55, 0x55),
    (0xFF, 0x55, 0x55),
    (0x55, 0xFF, 0x55),
    (0xFF, 0xFF, 0x55),
    (0x55, 0x55, 0xFF),
    (0xFF, 0x55, 0xFF),
    (0x55, 0xFF, 0xFF),
    (0xFF, 0xFF, 0xFF),
)
"""The sixteen colours as the VGA card and the Linux console have them; near enough everywhere else."""

CUBE = (0, 95, 135, 175, 215, 255)
BLACK, BLUE, WHITE = 0, 4, 7
LIGHT = frozenset([2, 3, 6, WHITE])
"""The basic colours that black can be read on."""
BRIGHT = 8
"""Added to a colour's number for its bright form."""


def palette_for(profile: TerminalProfile) -> Translate:
    """The translation for this terminal, remembered style by style."""
    match profile.colours:
        case Colours.NONE:
            translate = to_mono
        case Colours.EIGHT:
            translate = to_eight
        case Colours.SIXTEEN:
            translate = to_console if profile.kind is Kind.CONSOLE else to_sixteen
        case Colours.MANY:
            translate = to_many
        case Colours.TRUE:
            return _unchanged
    return lru_cache(maxsize=4096)(translate)


def _unchanged(style: Style) -> Style:
    return style


def to_mono(style: Style) -> Style:
    """Without colours: a background that stands out is focus or selection, so reverse; bright is emphasis, so bold."""
    foreground, background, attributes = style
    kept = attributes & (BOLD | UNDERLINE | REVERSE | BLINK)
    if background != DEFAULT and to_basic(background, 16) not in (BLACK, BLACK + BRIGHT):
        kept |= REVERSE
    if BRIGHT < foreground < 2 * BRIGHT:
        kept |= BOLD
    return Style(attributes=kept)


def to_console(style: Style) -> Style:
    """The Linux virtual console: eight colours, and bold, which there *is* the bright colour.

    Underline and italic would be shown as other colours, dim as dark grey, bold on reverse as grey on grey
    (drivers/tty/vt/vt.c, build_attr), and dark blue on black cannot be read.
    """
    foreground, background, attributes = _contrasting(style, default=(WHITE, BLACK))
    kept = attributes & (BOLD | REVERSE)
    if foreground == BLUE and background in (DEFAULT, BLACK) and not attributes & REVERSE:
        kept |= BOLD
    if foreground >= BRIGHT:
        kept |= BOLD
    if attributes & DIM and foreground in (DEFAULT, WHITE) and background in (DEFAULT, BLACK) and not kept:
        kept |= DIM
    if kept & REVERSE:
        kept &= ~BOLD
        if foreground & 7 == background and style.foreground != style.background:
            foreground = _readable_on(background)
    # Its default is white on black: said so, blanks and text need no colour at all.
    plain_front = foreground in (DEFAULT, WHITE, WHITE + BRIGHT)
    return Style(
        DEFAULT if plain_front else foreground & 7,
        DEFAULT if background == BLACK else background,
        kept,
    )


def to_eight(style: Style) -> Style:
    """Eight colours; bright ones become bold."""
    foreground, background, attributes = _contrasting(style, default=(DEFAULT, DEFAULT))
    kept = attributes & (BOLD | UNDERLINE | REVERSE | BLINK)
    if foreground == BRIGHT:
        # Grey as bold black is black on black where bold is only bold.
        foreground = _readable_on(max(background, BLACK))
    if foreground & 7 == background and style.foreground != style.background:
        foreground = _readable_on(background)
    if foreground > BRIGHT:
        kept |= BOLD
    return Style(foreground & 7 if foreground >= 0 else DEFAULT, background, kept)


def to_sixteen(style: Style) -> Style:
    """Sixteen foregrounds; the backgrounds are kept to eight, because 100-107 turn black on many screens."""
    foreground, background, attributes = _contrasting(style, default=(DEFAULT, DEFAULT))
    return Style(foreground, background, attributes & ~STRIKE)


def to_many(style: Style) -> Style:
    """The 256 colours of xterm."""
    foreground, background, attributes = style
    return Style(to_256(foreground), to_256(background), attributes)


def _contrasting(style: Style, default: tuple[int, int]) -> Style:
    """In basic colours, with a foreground that is not the background's unless it was meant to be.

    ``default``: the terminal's own foreground and background; DEFAULT where they are not known.
    """
    foreground, background = to_basic(style.foreground, 16), _background(style.background)
    on = default[1] if background == DEFAULT else background
    seen = default[0] if foreground == DEFAULT else foreground
    if seen == on != DEFAULT and style.foreground != style.background:
        foreground = _readable_on(on)
    return Style(foreground, background, style.attributes)


def _readable_on(background: int) -> int:
    return BLACK if background in LIGHT else WHITE


def _background(colour: int) -> int:
    if BRIGHT <= colour < 2 * BRIGHT:
        # A bar on bright black would vanish: it is shown black.
        return BLUE if colour == BRIGHT else colour - BRIGHT
    return to_basic(colour, 8)


@lru_cache(maxsize=4096)
def to_basic(colour: int, count: int) -> int:
    """The nearest of the first ``count`` basic colours; DEFAULT and basic colours are themselves."""
    if colour < count:
        return colour
    wanted = to_rgb(colour)
    return min(range(count), key=lambda number: _distance(wanted, BASIC[number]))


@lru_cache(maxsize=4096)
def to_256(colour: int) -> int:
    """The nearest of the colour cube and the greys; the first sixteen depend on the user's taste and are not used."""
    if not colour & RGB or colour == DEFAULT:
        return colour
    wanted = to_rgb(colour)
    nearest = [min(range(6), key=lambda step: abs(CUBE[step] - part)) for part in wanted]
    in_cube = 16 + 36 * nearest[0] + 6 * nearest[1] + nearest[2]
    grey = min(max(round((sum(wanted) / 3 - 8) / 10), 0), 23)
    return min((in_cube, 232 + grey), key=lambda number: _distance(wanted, to_rgb(number)))


def to_rgb(colour: int) -> tuple[int, int, int]:
    """Red, green and blue, 0-255, of an RGB colour or of a place in the 256."""
    if colour & RGB:
        return colour >> 16 & 0xFF, colour >> 8 & 0xFF, colour & 0xFF
    if colour < 16:
        return BASIC[colour]
    if colour >= 232:
        grey = 8 + 10 * (colour - 232)
        return grey, grey, grey
    red, rest = divmod(colour - 16, 36)
    green, blue = divmod(rest, 6)
    return CUBE[red], CUBE[green], CUBE[blue]


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """How different two colours look: the eye weighs green most, and red more the redder it gets ("redmean")."""
    red = (one[0] + other[0]) / 2
    d_red, d_green, d_blue = (a - b for a, b in zip(one, other, strict=True))
    return (2 + red / 256) * d_red**2 + 4 * d_green**2 + (2 + (255 - red) / 256) * d_blue**2
