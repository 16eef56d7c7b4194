"""Text that moved aside in a row is found only where every character is one cell."""

from quantix_tui.console.driver.grid import COVERED, Grid
from quantix_tui.console.driver.shift import Shift, find_shifts

COLUMNS = 24
WORDS = "a word that moves"


def row(*clusters: str) -> Grid:
    grid = Grid.blank(COLUMNS, 1)
    grid.text[0][: len(clusters)] = clusters
    return grid


def shifts(shown: Grid, wanted: Grid) -> list[Shift]:
    differs = [x for x in range(COLUMNS) if shown.text[0][x] != wanted.text[0][x]]
    return list(find_shifts(shown, wanted, 0, differs))


def test_what_moved_aside_is_found() -> None:
    assert Shift(2, -2, None) in shifts(row(*WORDS), row(*"- ", *WORDS))


def test_a_row_with_a_wide_and_a_joined_character_is_no_row_of_single_cells() -> None:
    """Together they have as many characters as the row has cells, and yet not one in each."""
    odd = ("\u5b57", COVERED, "e\u0301")
    assert not shifts(row(*WORDS, *odd), row(*"- ", *WORDS, *odd))
    assert not shifts(row(*odd, *WORDS), row(*odd, *"- ", *WORDS))
