"""How a cell looks. One small tuple serves what Textual asks for and what the terminal is told."""

from typing import NamedTuple

BOLD, DIM, ITALIC, UNDERLINE, BLINK, REVERSE, STRIKE = (1 << bit for bit in range(7))

SHOWS_ON_BLANK = UNDERLINE | REVERSE | STRIKE
"""Attributes that are seen on an empty cell too."""

DEFAULT = -1
"""The terminal's own foreground or background."""

RGB = 1 << 24
"""Marks a colour as red, green and blue in the low 24 bits; below 256 it is a place in the terminal's palette."""


class Style(NamedTuple):
    """Colours are ``DEFAULT``, 0-255, or ``RGB`` and 24 bits; ``attributes`` is a sum of the bits above."""

    foreground: int = DEFAULT
    background: int = DEFAULT
    attributes: int = 0


PLAIN = Style()


def on_blank(style: Style) -> Style:
    """The style of an empty cell, without what cannot be seen on it: two blanks that look the same are the same."""
    seen = style.attributes & SHOWS_ON_BLANK
    return Style(style.foreground if seen else DEFAULT, style.background, seen)


def blank_looks(blank: Style, pen: Style) -> bool:
    """Whether a blank written in ``pen`` looks as one in ``blank``."""
    return blank == pen or (
        blank.background == pen.background and not blank.attributes and not pen.attributes & SHOWS_ON_BLANK
    )
