"""What the demo shows beside the console: where to join, with which tokens, what to compare."""

from collections.abc import Sequence

from quantix_tui.console import glyphs
from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.console.frames import Pane
from quantix_tui.console.lines import Line, Role, cut
from quantix_tui.console.widgets.panel import Panel

LABEL = 14
TITLE: Line = (("DEMO", Role.TITLE), ("   try these (J)", Role.DIM))


class DemoPanel(Panel):
    """The address and every token, each on a line of its own so that it can be read while typing."""

    def __init__(self, hints: DemoHints) -> None:
        super().__init__(id="demo")
        self._hints = hints
        self.divided = True

    def lines(self, width: int, height: int) -> Sequence[Line]:
        joint = (width - 1, glyphs.CROSS) if self.divided else None
        pane = Pane(TITLE, divided=self.divided, ruled=True, joint=joint)
        return self.look.frame.pane(pane, lambda w, h: demo_lines(self._hints, w), width, height)


def demo_lines(hints: DemoHints, width: int) -> list[Line]:
    return [
        _row("Address", hints.address, width),
        *(_row(kind, token, width) for kind, token in hints.tokens.items()),
        _row("SHA-256", hints.fingerprint.removeprefix("sha256:").upper(), width),
    ]


def _row(label: str, value: str, width: int) -> Line:
    return ((f" {label:<{LABEL}}", Role.DIM), (cut(value, max(1, width - LABEL - 2)), Role.STRONG))
