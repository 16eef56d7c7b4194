"""A picture (SVG) of what a terminal emulator shows: for the README, for looking, for comparing."""

from itertools import groupby
from xml.sax.saxutils import escape

import pyte
from pyte.screens import Char

CELL_WIDTH, CELL_HEIGHT, MARGIN = 9, 18, 12
FOREGROUND, BACKGROUND = "#d4d4d4", "#101418"
_COLOURS = {
    "black": "#000000",
    "red": "#e05561",
    "green": "#8cc265",
    "brown": "#d7ba4a",
    "blue": "#4aa5f0",
    "magenta": "#c162de",
    "cyan": "#42b3c2",
    "white": "#d4d4d4",
    "brightblack": "#6b7380",
    "brightred": "#ff616e",
    "brightgreen": "#a5e075",
    "brightbrown": "#f0d264",
    "brightblue": "#4dc4ff",
    "brightmagenta": "#de73ff",
    "brightcyan": "#4cd1e0",
    "brightwhite": "#ffffff",
}


def svg_of(screen: pyte.Screen) -> str:
    """Draw the screen cell by cell; every run of equal looks is one piece of text, held to the grid."""
    width = screen.columns * CELL_WIDTH + 2 * MARGIN
    height = screen.lines * CELL_HEIGHT + 2 * MARGIN
    rectangles: list[str] = []
    texts: list[str] = []
    for row in range(screen.lines):
        place = 0
        cells = [screen.buffer[row][column] for column in range(screen.columns)]
        for (fore, back, bold, underline), run in groupby(cells, key=_look):
            datas = [cell.data for cell in run]
            characters, columns = "".join(datas), len(datas)  # The second cell of a wide character is empty.
            x, y = MARGIN + place * CELL_WIDTH, MARGIN + row * CELL_HEIGHT
            place += columns
            if back != BACKGROUND:
                rectangles.append(
                    f'<rect x="{x}" y="{y}" width="{columns * CELL_WIDTH}" height="{CELL_HEIGHT}" fill="{back}"/>'
                )
            if not characters.strip() and not underline:
                continue
            style = (' font-weight="bold"' if bold else "") + (' text-decoration="underline"' if underline else "")
            texts.append(
                f'<text x="{x}" y="{y + 14}" textLength="{columns * CELL_WIDTH}" fill="{fore}"{style}>'
                f"{escape(characters)}</text>"
            )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" '
            f'font-size="15" xml:space="preserve">',
            f'<rect width="{width}" height="{height}" rx="6" fill="{BACKGROUND}"/>',
            *rectangles,
            *texts,
            "</svg>",
            "",
        ]
    )


def _look(cell: Char) -> tuple[str, str, bool, bool]:
    fore, back = _colour(cell.fg, FOREGROUND), _colour(cell.bg, BACKGROUND)
    if cell.reverse:
        fore, back = back, fore
    return fore, back, cell.bold, cell.underscore


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return _COLOURS.get(name, f"#{name}")
