"""Where on the screen the widget with the focus is, and where in it one types."""

from textual.widget import Widget

from quantix_tui.console.terminal import Size


def rows_of(focused: Widget | None, size: Size) -> list[int]:
    """The rows of the screen that the widget covers, first the one where it answers to a key (``chosen_row``)."""
    if focused is None:
        return []
    region = focused.region
    rows = range(max(region.y, 0), min(region.bottom, size.rows))
    chosen = getattr(focused, "chosen_row", None)
    return [*(y for y in rows if y == chosen), *rows]


def cursor_of(focused: Widget | None, size: Size) -> tuple[int, int] | None:
    """Where the widget has its cursor, if it is one that is typed in and the place can be seen."""
    place = getattr(focused, "cursor_screen_offset", None)
    if focused is None or place is None:
        return None
    # Textual's Input names the cell after its cursor when that is at the end of the text.
    x, y = place.x - bool(getattr(focused, "cursor_at_end", False)), place.y
    inside = 0 <= x < size.columns and 0 <= y < size.rows and focused.region.contains(x, y)
    return (x, y) if inside else None
