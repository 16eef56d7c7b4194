"""Each character in this terminal's glyphs: itself where the font has it, else the nearest that the font has.

A cluster (one or two cells) is replaced by one of the same width, always: the layout stays as Textual meant it.
"""

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from rich.cells import cell_len

from quantix_tui.console.terminal import Glyphs

from .dialect import DEC_GRAPHICS
from .fallback import NEAREST

Show = Callable[[str], str]

UNKNOWN = "?"


def glyphs_for(glyphs: Glyphs) -> Show:
    """The function that turns a cluster into what this terminal shows for it."""

    @lru_cache(maxsize=8192)
    def show(cluster: str) -> str:
        width = cell_len(cluster)
        for candidate in _candidates(cluster):
            if cell_len(candidate) == width and _has(glyphs, candidate):
                return candidate
        return UNKNOWN * max(width, 1)

    return show


def _candidates(cluster: str) -> Iterator[str]:
    """The cluster and what may stand for it, the nearest first."""
    yield unicodedata.normalize("NFC", cluster)
    yield cluster
    base = cluster[0]
    yield base
    yield from _nearest(base)
    plain = "".join(part for part in unicodedata.normalize("NFKD", base) if not unicodedata.combining(part))
    yield plain
    for part in plain[:1]:
        yield from _nearest(part)
    if cell_len(cluster) == 2:
        yield from (2 * narrow for narrow in (*_nearest(base), *_nearest(cluster)))


def _nearest(character: str) -> Iterator[str]:
    yield from NEAREST.get(character, "")
    if "\u2800" < character <= "\u28ff":
        # Braille: as dark as the number of its dots.
        yield from "░·." if (ord(character) - 0x2800).bit_count() <= 4 else "▒:"


def _has(glyphs: Glyphs, text: str) -> bool:
    if text.isascii():
        return text.isprintable()
    if glyphs.repertoire is not None:
        # A font on a grid has no marks that join the character before them.
        return all((part in glyphs.repertoire and cell_len(part)) or " " <= part <= "~" for part in text)
    if glyphs.line_drawing and text in DEC_GRAPHICS:
        return True
    return all(_is_shown(part) for part in text) and _encodes(text, glyphs.encoding)


def _is_shown(character: str) -> bool:
    """Characters of text and the marks that belong to them; not controls, private use, or the replacement mark."""
    category = unicodedata.category(character)
    if category in ("Cf", "Co", "Cn", "Cc", "Cs", "Zl", "Zp"):
        return character == "\u200d"
    return character != "\ufffd"


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
