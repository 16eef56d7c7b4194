"""The last line: the keys that work here and now, or for a moment what an action came to."""

from collections.abc import Sequence

from quantix_tui.console.lines import Line, Role, cut
from quantix_tui.console.widgets.panel import Panel

Keys = Sequence[tuple[str, str]]


class KeyBar(Panel):
    """Two lines: the notice of the last action, and the keys."""

    def __init__(self, keys: Keys) -> None:
        super().__init__(id="keys")
        self._keys = keys
        self._notice: tuple[str, Role] = ("", Role.TEXT)

    def show(self, keys: Keys) -> None:
        self._keys = keys
        self.redraw()

    def tell(self, notice: str, role: Role = Role.TEXT) -> None:
        """Say what an action came to; an empty text takes it away."""
        self._notice = (notice, role)
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        words, role = self._notice
        return [((f" {cut(words, width - 2)}", role),), keys_line(self._keys, width)]


def keys_line(keys: Keys, width: int) -> Line:
    """Key and label pairs; the gaps shrink before anything is left out, and what is left out is under help."""
    for gap in (3, 2, 1):
        line = [span for key, label in keys for span in ((key, Role.KEY), (f" {label}{' ' * gap}", Role.TEXT))]
        if sum(len(words) for words, _ in line) - gap + 1 <= width:
            return ((" ", Role.TEXT), *line)
    kept = list(keys)
    while kept and sum(len(key) + len(label) + 2 for key, label in kept) > width:
        kept.pop(-2 if len(kept) > 1 else -1)
    return ((" ", Role.TEXT), *(span for key, label in kept for span in ((key, Role.KEY), (f" {label} ", Role.TEXT))))
