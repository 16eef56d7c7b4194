"""A picture (SVG) of what a terminal emulator shows: for the README, for looking, for comparing."""

from itertools import groupby
from xml.sax.saxutils import escape

import pyte
from pyte.screens import Char

CELL_WIDTH, CELL_HEIGHT, MARGIN = 9, 18, 12
FOREGROUND, BACKGROUND = "#d4d4d4", "#101418"
# Which arms each line drawing character has: up, down, left, right. Drawn as lines, so that they join in any font.
_ARMS = {
    "\u2500": (0, 0, 1, 1),
    "\u2502": (1, 1, 0, 0),
    "\u250c": (0, 1, 0, 1),
    "\u2510": (0, 1, 1, 0),
    "\u2514": (1, 0, 0, 1),
    "\u2518": (1, 0, 1, 0),
    "\u251c": (1, 1, 0, 1),
    "\u2524": (1, 1, 1, 0),
    "\u252c": (0, 1, 1, 1),
    "\u2534": (1, 0, 1, 1),
    "\u253c": (1, 1, 1, 1),
}
_SHADES = {"\u2588": 1.0, "\u2593": 0.75, "\u2592": 0.5, "\u2591": 0.25}
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
    lines: list[str] = []
    texts: list[str] = []
    for row in range(screen.lines):
        y = MARGIN + row * CELL_HEIGHT
        cells = enumerate(screen.buffer[row][column] for column in range(screen.columns))
        for (fore, back, bold, underline, drawn), run in groupby(cells, key=lambda cell: _look(cell[1])):
            datas = list(run)
            x, columns = MARGIN + datas[0][0] * CELL_WIDTH, len(datas)
            if back != BACKGROUND:
                rectangles.append(_rectangle(x, y, columns, back, 1.0))
            if drawn:
                for column, cell in datas:
                    left = MARGIN + column * CELL_WIDTH
                    if cell.data in _SHADES:
                        rectangles.append(_rectangle(left, y, 1, fore, _SHADES[cell.data]))
                    else:
                        lines.append(f'<path d="{_path(left, y, *_ARMS[cell.data])}" stroke="{fore}"/>')
                continue
            characters = "".join(cell.data for _, cell in datas)  # The second cell of a wide character is empty.
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
            f'font-size="14.95" xml:space="preserve">',
            f'<rect width="{width}" height="{height}" rx="6" fill="{BACKGROUND}"/>',
            *rectangles,
            *lines,
            *texts,
            "</svg>",
            "",
        ]
    )


def _rectangle(x: int, y: int, columns: int, fill: str, opacity: float) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{columns * CELL_WIDTH}" height="{CELL_HEIGHT}" fill="{fill}"'
        f' fill-opacity="{opacity:g}"/>'
    )


def _path(x: int, y: int, up: int, down: int, left: int, right: int) -> str:
    middle_x, middle_y = x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2
    ends = (
        (up, middle_x, y),
        (down, middle_x, y + CELL_HEIGHT),
        (left, x, middle_y),
        (right, x + CELL_WIDTH, middle_y),
    )
    return " ".join(f"M{middle_x:g} {middle_y:g}L{to_x:g} {to_y:g}" for arm, to_x, to_y in ends if arm)


def _look(cell: Char) -> tuple[str, str, bool, bool, bool]:
    fore, back = _colour(cell.fg, FOREGROUND), _colour(cell.bg, BACKGROUND)
    if cell.reverse:
        fore, back = back, fore
    return fore, back, cell.bold, cell.underscore, cell.data in _ARMS or cell.data in _SHADES


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return _COLOURS.get(name, f"#{name}")
