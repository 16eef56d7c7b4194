"""The cells of a screen."""

from dataclasses import dataclass

from .style import PLAIN, Style

BLANK = " "
COVERED = ""
"""Stands in the right half of a wide character; the character itself stands in the left half."""


@dataclass(slots=True)
class Grid:
    """What each cell shows, row by row: a cluster of one or two cells' width, and its style.

    The rows are lists that are changed in place: a screen of 200 by 60 is diffed many times a second.
    """

    columns: int
    rows: int
    text: list[list[str]]
    styles: list[list[Style]]

    @classmethod
    def blank(cls, columns: int, rows: int) -> "Grid":
        return cls(
            columns,
            rows,
            [[BLANK] * columns for _ in range(rows)],
            [[PLAIN] * columns for _ in range(rows)],
        )

    def copy(self) -> "Grid":
        return Grid(self.columns, self.rows, [row[:] for row in self.text], [row[:] for row in self.styles])

    def same_row(self, other: "Grid", y: int) -> bool:
        return self.text[y] == other.text[y] and self.styles[y] == other.styles[y]

    def put(self, x: int, y: int, clusters: list[str], style: list[Style]) -> None:
        """Set the cells from ``x`` on; ``clusters`` has a COVERED after each wide one. The rest is cut off.

        Halves of wide characters that are left over become blanks, as on a terminal.
        """
        room = self.columns - x
        if not (0 <= y < self.rows and x >= 0 and clusters and room > 0):
            return
        text = self.text[y]
        if len(clusters) > room:
            wide_is_cut = clusters[room] == COVERED
            clusters = clusters[:room]
            if wide_is_cut:
                clusters[-1] = BLANK
        end = x + len(clusters)
        if text[x] == COVERED:
            text[x - 1] = BLANK
        if end < self.columns and text[end] == COVERED:
            text[end] = BLANK
        text[x:end] = clusters
        self.styles[y][x:end] = style[: len(clusters)]

    def roll(self, top: int, bottom: int, by: int) -> None:
        """Move the rows from ``top`` to ``bottom`` up by ``by``, or down if that is negative; blank rows come in."""
        for _ in range(abs(by)):
            self.text.pop(top if by > 0 else bottom)
            self.styles.pop(top if by > 0 else bottom)
            place = bottom if by > 0 else top
            self.text.insert(place, [BLANK] * self.columns)
            self.styles.insert(place, [PLAIN] * self.columns)

    def move_cells(self, y: int, start: int, by: int, fill: Style) -> None:
        """In the row ``y``, move the cells after ``start`` to it by ``by`` to the left, or all from it to the right.

        What comes in is empty, in ``fill``; what leaves the row is lost.
        """
        for row, empty in ((self.text[y], BLANK), (self.styles[y], fill)):
            gone = start if by > 0 else self.columns + by
            del row[gone : gone + abs(by)]
            place = self.columns - abs(by) if by > 0 else start
            # Rows of characters and of styles in one loop: the pairs fit, which the union of their types cannot say.
            row[place:place] = [empty] * abs(by)  # type: ignore[list-item]

    def lines(self) -> list[str]:
        """The characters, for tests and pictures."""
        return ["".join(row) for row in self.text]
