"""The row under the cursor of a list: a bar, with the pointer before it."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style

from quantix_tui.console.lines import Role
from quantix_tui.console.look import Look


def under_cursor(
    segments: Sequence[Segment], ground: Style, look: Look, width: int, *, pointer: bool = True
) -> list[Segment]:
    """The row's segments, whose first character is the place of the pointer, as the chosen one is drawn."""
    styles, signs = look.styles, look.signs
    # Not bold: on the virtual console bold is a brighter colour, which cannot be read on the bar.
    bar = styles[Role.CURSOR] + Style(bold=False)
    used = sum(segment.cell_length for segment in segments)
    (first, style, _), *rest = segments
    return [
        Segment(signs.pointer if pointer else " ", ground + styles[Role.KEY]),
        Segment(first[1:], (style or ground) + bar),
        *(Segment(words, (style or ground) + bar) for words, style, _ in rest),
        Segment(" " * max(0, width - used), ground + bar),
    ]
