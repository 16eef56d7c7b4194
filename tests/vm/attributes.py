"""How a cell is drawn: the kernel's attribute byte of it, and the one that an emulated cell should have."""

from collections.abc import Iterable, Sequence

from pyte.screens import Char, Screen

Attributes = tuple[bytes, ...]
"""One byte a cell, row by row: background in bits 4 to 6, foreground with its brightness in bits 0 to 3, as VGA has."""

# VGA's order of the colours; ECMA-48 swaps blue and red.
_COLOURS = {"black": 0, "blue": 1, "green": 2, "cyan": 3, "red": 4, "magenta": 5, "brown": 6, "white": 7}
_BRIGHT = 8
_UNDERLINED = 3
"""What is underlined shows in the colour vc_ulcolor instead: cyan."""
_FOREGROUND, _BACKGROUND = 0x0F, 0x70


def attribute_of(cell: Char) -> int:
    """As build_attr() in Linux' drivers/tty/vt/vt.c. Raises KeyError for a colour that the console hasn't."""
    bright = cell.fg.startswith("bright")
    fore = _COLOURS["white" if cell.fg == "default" else cell.fg.removeprefix("bright")]
    back = _COLOURS["black" if cell.bg == "default" else cell.bg.removeprefix("bright")]
    if cell.underscore:
        fore = _UNDERLINED
    if cell.reverse:
        fore, back = back, fore
    return back << 4 | fore | (_BRIGHT if cell.bold or bright else 0)


def attributes_of(screen: Screen) -> Attributes:
    """Those that all cells of an emulated screen should have."""
    return tuple(
        bytes(attribute_of(screen.buffer[row][column]) for column in range(screen.columns))
        for row in range(screen.lines)
    )


def parse_attributes(content: bytes) -> Attributes:
    """What /dev/vcsa holds after its four bytes of header; see vcs(4)."""
    rows, columns = content[0], content[1]
    drawn = content[5 : 4 + 2 * rows * columns : 2]
    return tuple(drawn[start : start + columns] for start in range(0, len(drawn), columns))


def attribute_faults(rows: Iterable[str], meant: Sequence[bytes], shown: Sequence[bytes]) -> list[str]:
    """A sentence for every row drawn in another way than it should; of a blank cell only the background counts."""
    faults = []
    for number, (text, one, other) in enumerate(zip(rows, meant, shown, strict=True), start=1):
        wrong = [
            f"column {column} ({character!r}) {other_cell:#04x} for {one_cell:#04x}"
            for column, (character, one_cell, other_cell) in enumerate(zip(text, one, other, strict=True), start=1)
            if (one_cell ^ other_cell) & (_BACKGROUND if character == " " else _BACKGROUND | _FOREGROUND)
        ]
        if wrong:
            faults.append(f"row {number}: {len(wrong)} cells drawn otherwise, the first at {wrong[0]}")
    return faults
