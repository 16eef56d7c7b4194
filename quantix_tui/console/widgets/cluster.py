"""The cluster status widget: mark and word of the state, how long, the cause, the key that helps."""

from collections.abc import Sequence

from quantix_tui.console.frames import Pane
from quantix_tui.console.lines import BLANK, Line, Role, clip, cut, paragraph, spread
from quantix_tui.console.look import Look
from quantix_tui.console.tale import Paragraph, Tale
from quantix_tui.console.widgets.panel import Panel

LABEL = 16
PAIR = 22
WHOLE = LABEL + 48
"""Cells from which half a fingerprint stands in one row."""
TITLE: Line = (("CLUSTER", Role.TITLE),)
_STATES = {Role.GOOD: Role.STATE_GOOD, Role.WARN: Role.STATE_WARN, Role.BAD: Role.STATE_BAD}
_EDGES = {Role.GOOD: Role.EDGE_GOOD, Role.WARN: Role.EDGE_WARN, Role.BAD: Role.EDGE_BAD}


class ClusterPanel(Panel):
    """Draws a :class:`Tale`; the ages in it are told anew by whoever ticks."""

    DEFAULT_CLASSES = "cluster"

    def __init__(self, tale: Tale) -> None:
        super().__init__(id="cluster")
        self._tale = tale

    def show(self, tale: Tale) -> None:
        self._tale = tale
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        look, tale = self.look, self._tale
        pane = Pane(TITLE, edge=_EDGES.get(tale.role, Role.FRAME))
        return look.frame.pane(pane, lambda w, h: tale_lines(tale, w, h, look), width, height)


def tale_lines(tale: Tale, width: int, height: int, look: Look) -> list[Line]:
    """The tale in ``width`` cells. With a height, the keys stand at the bottom and nothing of them is lost."""
    top: list[Line] = [BLANK, _state(tale, width, look), BLANK]
    top += _paragraphs(tale.paragraphs, width)
    if tale.paragraphs and tale.rows:
        top.append(BLANK)
    top += [_row(label, value, width) for label, value in tale.rows]
    if tale.notes:
        top += [BLANK, *_paragraphs(tale.notes, width)]
    keys = _keys(tale.keys, width)
    if not height:
        return [*top, BLANK, *keys]
    room = height - len(keys)
    if tale.more and width >= WHOLE and len(top) + len(tale.more) + 2 <= room:
        top += [BLANK, *(_row(label, value, width) for label, value in tale.more)]
    if len(top) >= room:
        # Too much for the place: blank lines go first, from below, then what stands last; the whole is under Enter.
        for place in range(len(top) - 1, 0, -1):
            if len(top) >= room and not top[place]:
                del top[place]
        if len(top) > room:
            top = [*top[: room - 1], ((clip_note(width), Role.DIM),)]
    return [*top, *[BLANK] * (room - len(top)), *keys]


def clip_note(width: int) -> str:
    return clip(((" .. Enter shows the rest", Role.DIM),), width)[0][0]


def _state(tale: Tale, width: int, look: Look) -> Line:
    pill = look.signs.pill.format(look.mark(tale.mark), tale.state)
    left: Line = ((" ", Role.TEXT), (pill, _STATES.get(tale.role, Role.STATE_CALM)))
    return clip(spread(left, ((f"{tale.age} ", Role.TEXT),), width), width)


def _paragraphs(paragraphs: Sequence[Paragraph], width: int) -> list[Line]:
    return [line for item in paragraphs if item.text for line in paragraph(item.text, width, item.role)]


def _row(label: str, value: str, width: int) -> Line:
    return ((f" {label:<{LABEL - 1}}", Role.DIM), (cut(value, max(1, width - LABEL - 1)), Role.TEXT))


def _keys(keys: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """Two short ones share a line; a long one has its own."""
    cells: list[Line] = [((f" {key}", Role.KEY), (f"  {label}", Role.TEXT)) for key, label in keys]
    lengths = [len(key) + len(label) + 3 for key, label in keys]
    if len(cells) == 2 and lengths[0] <= PAIR - 4 and width >= PAIR + lengths[1]:
        gap = " " * (PAIR - 2 - lengths[0])
        return [(*cells[0], (gap, Role.TEXT), *cells[1])]
    lines: list[Line] = []
    for key, label in keys:
        first, *rest = paragraph(label, width, indent="    ")
        lines.append(((f" {key}  ", Role.KEY), (first[0][0].strip(), Role.TEXT)))
        lines += rest
    return lines
