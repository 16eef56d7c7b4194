"""Reads what Textual writes into the grid, in this terminal's glyphs and colours already.

Textual's output is narrow: absolute positions, SGR, text, line ends, and a few private sequences. Everything else,
whoever smuggled it into a text, is dropped here and never reaches the terminal.
"""

import re
from dataclasses import dataclass, field

from rich.cells import cell_len, split_graphemes

from . import sgr
from .glyphs import Show
from .grid import BLANK, COVERED, Grid
from .palette import Translate
from .style import PLAIN, Style, on_blank

TOKEN = re.compile(
    r"\x1b\[(?P<parameters>[0-9;:<=>?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<bell>\x07)"
    r"|(?P<newline>\n)"
    r"|\x1b[PX^_].*?(?:\x1b\\|\Z)|\x1b.?|.",
    re.DOTALL,
)
CLIPBOARD = "52;"


@dataclass(slots=True)
class Reader:
    """Textual's cursor and style, and the grid it draws on.

    ``requests`` gathers what is no picture: the bell and the clipboard, for the driver to pass on or leave.
    """

    grid: Grid
    show: Show
    translate: Translate
    x: int = 0
    y: int = 0
    asked: Style = PLAIN
    requests: list[str] = field(default_factory=list)
    _style: Style = PLAIN
    _blank: Style = PLAIN

    def read(self, written: str) -> None:
        """Draw what Textual wrote."""
        for token in TOKEN.finditer(written):
            kind = token.lastgroup
            if kind == "text":
                self._text(token["text"])
            elif kind == "final":
                self._control(token["parameters"], token["final"])
            elif kind == "newline":
                self.x, self.y = 0, self.y + 1
            elif kind == "bell":
                self.requests.append("\a")
            elif kind == "osc" and token["osc"].startswith(CLIPBOARD):
                self.requests.append(f"\x1b]{token['osc']}\a")

    def _control(self, parameters: str, final: str) -> None:
        if final == "m":
            self.asked = sgr.read(self.asked, parameters)
            self._style = self.translate(self.asked)
            self._blank = on_blank(self._style)
        elif final == "H":
            row, _, column = parameters.partition(";")
            self.y = _number(row) - 1
            self.x = _number(column) - 1

    def _text(self, text: str) -> None:
        shown = list(text) if text.isascii() else self._clusters(text)
        style, blank = self._style, self._blank
        if style == blank or BLANK not in shown:
            styles = [style] * len(shown)
        else:
            styles = [blank if cluster == BLANK else style for cluster in shown]
        self.grid.put(self.x, self.y, shown, styles)
        self.x += len(shown)

    def _clusters(self, text: str) -> list[str]:
        shown: list[str] = []
        spans, _ = split_graphemes(text)
        for start, end, width in spans:
            if width == 0:
                continue
            shown.extend(self._cells(text[start:end], width))
        return shown

    def _cells(self, cluster: str, width: int) -> list[str]:
        """One cluster as cells: a wide one covers two; a wide one replaced by two narrow ones is two."""
        seen = cluster if cluster.isascii() else self.show(cluster)
        if width == 1:
            return [seen]
        return [*seen] if len(seen) == 2 and all(map(cell_len, seen)) else [seen, COVERED]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and int(text) else 1
