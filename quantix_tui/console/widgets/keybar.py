"""The last line: the keys that work here and now, or for a moment what an action came to."""

from collections.abc import Sequence

from quantix_tui.console.frames import on_bar
from quantix_tui.console.lines import Line, Role, cut, spread
from quantix_tui.console.look import Signs
from quantix_tui.console.widgets.panel import Panel

Keys = Sequence[tuple[str, str]]


class KeyBar(Panel):
    """Two lines: the notice of the last action, and the keys."""

    def __init__(self, keys: Keys) -> None:
        super().__init__(id="keys")
        self._keys = keys
        self._notice: tuple[str, Role] = ("", Role.TEXT)
        self._more = ""

    def show(self, keys: Keys) -> None:
        self._keys = keys
        self.redraw()

    def tell(self, notice: str, role: Role = Role.TEXT) -> None:
        """Say what an action came to; an empty text takes it away."""
        self._notice = (notice, role)
        self.redraw()

    def tell_more(self, more: str) -> None:
        """Say that something lies above or below what is in sight."""
        if more != self._more:
            self._more = more
            self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        words, role = self._notice
        more = self.look.text(self._more)
        notice = cut(words, max(1, width - 3 - len(more)))
        return [
            spread(((f" {notice}", role),), ((f"{more} ", Role.DIM),), width),
            on_bar(keys_line(self._keys, width, self.look.signs), width),
        ]


def keys_line(keys: Keys, width: int, signs: Signs) -> Line:
    """Key and label pairs; the gaps shrink before anything is left out, and what is left out is under help."""
    caps = [(signs.cap.format(key), label) for key, label in keys]
    lead = (signs.cap_indent, Role.TEXT)
    room = width - len(signs.cap_indent)
    for gap in (3, 2, 1):
        line = [span for key, label in caps for span in ((key, Role.KEY), (f" {label}{' ' * gap}", Role.TEXT))]
        if sum(len(words) for words, _ in line) - gap <= room:
            return (lead, *line)
    while caps and sum(len(key) + len(label) + 2 for key, label in caps) - 1 > room:
        caps.pop(-2 if len(caps) > 1 else -1)
    return (lead, *(span for key, label in caps for span in ((key, Role.KEY), (f" {label} ", Role.TEXT))))
