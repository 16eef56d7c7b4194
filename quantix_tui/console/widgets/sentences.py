"""A few sentences, each with its kind of news: what an action came to and what to do now."""

from collections.abc import Callable, Sequence

from quantix_tui.console.lines import Line, Role, paragraph, plain, width_of
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.panel import Panel

Measured = Callable[[int], Sequence[Line]]
"""What stands differently in different widths."""

Told = Paragraph | Line | Measured


class Sentences(Panel):
    """As high as what it says: a :class:`Paragraph` is wrapped, a line stands as it is where it fits, never cut."""

    grows = True

    def __init__(self, told: Sequence[Told] = (), *, id: str = "outcome") -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._told = told

    def tell(self, told: Sequence[Told]) -> None:
        self._told = told
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        lines: list[Line] = []
        for item in self._told:
            if isinstance(item, Paragraph):
                lines += sentence_lines(item, width)
            elif callable(item):
                lines += item(width)
            elif width_of(item) <= width:
                lines.append(item)
            else:
                lines += paragraph(plain(item), width + 1, item[-1][1], indent="")
        return lines


def sentence_lines(item: Paragraph, width: int) -> list[Line]:
    """The paragraph wrapped; lines after a mark stand under the text, not under the mark."""
    indent = " " * (len(item.mark) + 2) if item.mark else ""
    lines = paragraph(item.text, width + 1, item.role, indent=indent)
    if item.mark and lines:
        lines[0] = ((f"{item.mark}  ", Role.DIM), (lines[0][0][0][len(indent) :], item.role))
    return lines
