"""What the demo shows beside the console: where to join, with which tokens, what to compare."""

from collections.abc import Sequence

from quantix_tui.console import glyphs
from quantix_tui.console.demo_hints import DemoHints, fingerprint_rows
from quantix_tui.console.fingerprints import grouped
from quantix_tui.console.frames import Pane
from quantix_tui.console.lines import Line, Role, cut
from quantix_tui.console.widgets.panel import Panel

LABEL = 9
WIDE_LABEL = 14
WHOLE_ROW = 43
"""Cells of half a fingerprint, grouped."""
TITLE: Line = (("DEMO", Role.TITLE), ("   try these (J)", Role.DIM))
JOINED: Line = (("DEMO", Role.TITLE), ("   for the next join", Role.DIM))


class DemoPanel(Panel):
    """The address and every token, each on a line of its own so that it can be read while typing."""

    def __init__(self, hints: DemoHints) -> None:
        super().__init__(id="demo")
        self._hints = hints
        self._joined = False
        self.divided = True

    def show(self, hints: DemoHints, joined: bool) -> None:
        self._hints, self._joined = hints, joined
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        joint = (width - 1, glyphs.CROSS) if self.divided else None
        pane = Pane(JOINED if self._joined else TITLE, divided=self.divided, ruled=True, joint=joint)
        return self.look.frame.pane(pane, lambda w, h: demo_lines(self._hints, w), width, height)


def demo_lines(hints: DemoHints, width: int) -> list[Line]:
    """What there is to type, and the fingerprint: grouped as it is compared where there is room for that."""
    rows = {"Address": hints.address, **hints.tokens}
    # The address has to be whole: it is there to be typed.
    label = WIDE_LABEL if width > 2 * WIDE_LABEL + len(hints.address) else LABEL
    lines = [_row(name, value, label, width) for name, value in rows.items()]
    name = f" {'SHA-256':<{label}}"
    if width - len(name) >= WHOLE_ROW:
        return [*lines, *grouped(name, fingerprint_rows(hints), width)]
    return [*lines, _row("SHA-256", hints.fingerprint.removeprefix("sha256:").upper(), label, width)]


def _row(name: str, value: str, label: int, width: int) -> Line:
    return ((f" {cut(name, label - 1):<{label}}", Role.DIM), (cut(value, max(1, width - label - 2)), Role.STRONG))
