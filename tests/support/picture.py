"""Pictures (SVG) of a screen cell by cell: for the README, for looking, for comparing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

import pyte
from pyte.screens import Char

from tests.support.shapes import ARCS, ARMS, BLOCKS, DOUBLE, SHADES

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


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows; the second cell of a wide character is empty."""

    text: str
    foreground: str
    background: str
    bold: bool = False
    underline: bool = False

    @property
    def drawn(self) -> bool:
        """Whether it is drawn as a shape, so that it joins its neighbours in any font."""
        return self.text in ARMS or self.text in ARCS or self.text in DOUBLE or self.text in BLOCKS


Picture = Sequence[Sequence[Cell]]


def seen_by(screen: pyte.Screen) -> Picture:
    """What a terminal emulator shows."""
    return [[_emulated(screen.buffer[row][column]) for column in range(screen.columns)] for row in range(screen.lines)]


def _emulated(cell: Char) -> Cell:
    fore, back = _colour(cell.fg, FOREGROUND), _colour(cell.bg, BACKGROUND)
    if cell.reverse:
        fore, back = back, fore
    return Cell(cell.data, fore, back, cell.bold, cell.underscore)


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return _COLOURS.get(name, f"#{name}")


def svg_of(picture: Picture) -> str:
    """Draw the picture; every run of equal looks is one piece of text, held to the grid."""
    ground = Counter(cell.background for row in picture for cell in row).most_common(1)[0][0]
    width = len(picture[0]) * CELL_WIDTH + 2 * MARGIN
    height = len(picture) * CELL_HEIGHT + 2 * MARGIN
    rows = [(MARGIN + place * CELL_HEIGHT, row) for place, row in enumerate(picture)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" '
            f'font-size="14.95" fill="none" xml:space="preserve">',
            f'<rect width="{width}" height="{height}" rx="8" fill="{ground}"/>',
            *(piece for y, row in rows for piece in _grounds(y, row, ground)),
            *(piece for y, row in rows for piece in _shapes(y, row)),
            *(piece for y, row in rows for piece in _texts(y, row)),
            "</svg>",
            "",
        ]
    )


def _runs(row: Sequence[Cell], key: str) -> Iterator[tuple[int, list[Cell]]]:
    x = MARGIN
    for _, run in groupby(row, key=lambda cell: getattr(cell, key) if key == "background" else _look(cell)):
        cells = list(run)
        yield x, cells
        x += len(cells) * CELL_WIDTH


def _look(cell: Cell) -> tuple[str, bool, bool, bool]:
    return cell.foreground, cell.bold, cell.underline, cell.drawn


def _grounds(y: int, row: Sequence[Cell], ground: str) -> Iterator[str]:
    for x, cells in _runs(row, "background"):
        if cells[0].background != ground:
            yield _rectangle(x, y, len(cells) * CELL_WIDTH, CELL_HEIGHT, cells[0].background)


def _shapes(y: int, row: Sequence[Cell]) -> Iterator[str]:
    for at, cells in _runs(row, "look"):
        fore = cells[0].foreground
        if not cells[0].drawn:
            continue
        paths: list[str] = []
        for place, cell in enumerate(cells):
            x = at + place * CELL_WIDTH
            if cell.text in BLOCKS:
                left, top, right, bottom = BLOCKS[cell.text]
                yield _rectangle(
                    x + left * CELL_WIDTH,
                    y + top * CELL_HEIGHT,
                    (right - left) * CELL_WIDTH,
                    (bottom - top) * CELL_HEIGHT,
                    fore,
                    SHADES.get(cell.text, 1.0),
                )
            else:
                paths.append(_path(x, y, cell.text))
        if paths:
            yield f'<path d="{" ".join(paths)}" stroke="{fore}"/>'


def _texts(y: int, row: Sequence[Cell]) -> Iterator[str]:
    for x, cells in _runs(row, "look"):
        first, words = cells[0], "".join(cell.text for cell in cells)
        if first.drawn or (not words.strip() and not first.underline):
            continue
        style = ' font-weight="bold"' if first.bold else ""
        style += ' text-decoration="underline"' if first.underline else ""
        yield (
            f'<text x="{x}" y="{y + 14}" textLength="{len(cells) * CELL_WIDTH}" fill="{first.foreground}"{style}>'
            f"{escape(words)}</text>"
        )


def _rectangle(x: float, y: float, width: float, height: float, fill: str, opacity: float = 1.0) -> str:
    seen = "" if opacity == 1 else f' fill-opacity="{opacity:g}"'
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"{seen}/>'


def _path(x: int, y: int, character: str) -> str:
    """A line drawing character as the strokes it is made of."""
    middle_x, middle_y = x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2
    if character in ARCS:
        to_right, to_bottom = ARCS[character]
        end_x, end_y = x + (CELL_WIDTH if to_right else 0), y + (CELL_HEIGHT if to_bottom else 0)
        return f"M{middle_x:g} {end_y:g}Q{middle_x:g} {middle_y:g} {end_x:g} {middle_y:g}"
    if character in DOUBLE:
        return "".join(
            f"M{x + x1 * CELL_WIDTH:g} {y + y1 * CELL_HEIGHT:g}L{x + x2 * CELL_WIDTH:g} {y + y2 * CELL_HEIGHT:g}"
            for x1, y1, x2, y2 in DOUBLE[character]
        )
    up, down, left, right = ARMS[character]
    ends = (
        (up, middle_x, y),
        (down, middle_x, y + CELL_HEIGHT),
        (left, x, middle_y),
        (right, x + CELL_WIDTH, middle_y),
    )
    return "".join(f"M{middle_x:g} {middle_y:g}L{to_x:g} {to_y:g}" for arm, to_x, to_y in ends if arm)
