"""SGR, both ways: from what Textual writes to a style, and from one style to the next with the fewest bytes.

ECMA-48 8.3.117; the colours beyond eight as xterm has them.
"""

from collections.abc import Iterator
from functools import lru_cache

from .style import BLINK, BOLD, DEFAULT, DIM, ITALIC, PLAIN, REVERSE, RGB, STRIKE, UNDERLINE, Style

ATTRIBUTE_ON = {1: BOLD, 2: DIM, 3: ITALIC, 4: UNDERLINE, 5: BLINK, 6: BLINK, 7: REVERSE, 9: STRIKE, 21: UNDERLINE}
ATTRIBUTE_OFF = {22: BOLD | DIM, 23: ITALIC, 24: UNDERLINE, 25: BLINK, 27: REVERSE, 29: STRIKE}


@lru_cache(maxsize=4096)
def read(style: Style, parameters: str) -> Style:
    """The style after ``CSI parameters m`` in ``style``. Unknown parameters change nothing."""
    codes = iter([int(code) if code.isdecimal() else 0 for code in parameters.split(";")])
    foreground, background, attributes = style
    for code in codes:
        if code == 0:
            foreground, background, attributes = PLAIN
        elif code in ATTRIBUTE_ON:
            attributes |= ATTRIBUTE_ON[code]
        elif code in ATTRIBUTE_OFF:
            attributes &= ~ATTRIBUTE_OFF[code]
        elif 30 <= code <= 37 or 90 <= code <= 97:
            foreground = code - 30 if code < 90 else code - 82
        elif 40 <= code <= 47 or 100 <= code <= 107:
            background = code - 40 if code < 100 else code - 92
        elif code in (38, 48):
            colour = _extended(codes)
            foreground, background = (colour, background) if code == 38 else (foreground, colour)
        elif code == 39:
            foreground = DEFAULT
        elif code == 49:
            background = DEFAULT
    return Style(foreground, background, attributes)


def _extended(codes: Iterator[int]) -> int:
    """What follows 38 or 48: ``5;n`` or ``2;r;g;b``."""
    if next(codes, 0) == 5:
        return min(next(codes, 0), 255)
    red, green, blue = (min(next(codes, 0), 255) for _ in range(3))
    return RGB | red << 16 | green << 8 | blue


@lru_cache(maxsize=8192)
def change(before: Style | None, after: Style, single_offs: bool) -> str:
    """The shortest sequence from one style to another; None before: nothing is known.

    ``single_offs``: the terminal can switch one attribute or colour off (22-29, 39, 49) without resetting all.
    """
    if before == after:
        return ""
    codes = _all_of(after)
    fresh = f"\x1b[0;{codes}m" if codes else "\x1b[m"
    if codes and before == PLAIN:
        return f"\x1b[{codes}m"
    if before is None:
        return fresh
    steps = _steps(before, after, single_offs)
    if steps is None:
        return fresh
    stepped = f"\x1b[{steps}m"
    return stepped if len(stepped) <= len(fresh) else fresh


def _all_of(style: Style) -> str:
    codes = [code for code, bit in _ON if style.attributes & bit]
    if style.foreground != DEFAULT:
        codes.append(_colour(style.foreground, 30))
    if style.background != DEFAULT:
        codes.append(_colour(style.background, 40))
    return ";".join(codes)


def _steps(before: Style, after: Style, single_offs: bool) -> str | None:
    """Only what differs; None if something would have to be switched off and cannot be."""
    gone = before.attributes & ~after.attributes
    lost = after.foreground == DEFAULT != before.foreground, after.background == DEFAULT != before.background
    if (gone or any(lost)) and not single_offs:
        return None
    codes = [off for off, bits in _OFF if gone & bits]
    # Bold and dim share one code for off: what stays of the two is said again.
    again = after.attributes & (BOLD | DIM) if gone & (BOLD | DIM) else 0
    new = (after.attributes & ~before.attributes) | again
    codes += [code for code, bit in _ON if new & bit]
    if after.foreground != before.foreground:
        codes.append("39" if lost[0] else _colour(after.foreground, 30))
    if after.background != before.background:
        codes.append("49" if lost[1] else _colour(after.background, 40))
    return ";".join(codes)


_ON = [("1", BOLD), ("2", DIM), ("3", ITALIC), ("4", UNDERLINE), ("5", BLINK), ("7", REVERSE), ("9", STRIKE)]
_OFF = [(str(code), bits) for code, bits in ATTRIBUTE_OFF.items()]


def _colour(colour: int, base: int) -> str:
    if colour & RGB:
        return f"{base + 8};2;{colour >> 16 & 0xFF};{colour >> 8 & 0xFF};{colour & 0xFF}"
    if colour < 8:
        return str(base + colour)
    return str(base + 52 + colour) if colour < 16 else f"{base + 8};5;{colour}"
