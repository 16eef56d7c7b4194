"""Gauges and histories: a share as a bar, the last samples as columns. Pure functions."""

from collections.abc import Sequence

from quantix_tui.console.lines import Line, Role
from quantix_tui.console.look import Signs

BUSY, FULL = 75.0, 90.0
"""Per cent from which a gauge is drawn as a warning, and as bad news."""


def level(percent: float) -> Role:
    """What a load says."""
    if percent >= FULL:
        return Role.GAUGE_BAD
    return Role.GAUGE_WARN if percent >= BUSY else Role.GAUGE


def gauge(percent: float, cells: int, signs: Signs) -> Line:
    """A filled bar; something above nought never looks empty, something below full never looks full."""
    share = min(100.0, max(0.0, percent)) / 100
    steps = len(signs.parts) + 1
    filled = round(share * cells * steps)
    if share > 0:
        filled = max(1, filled)
    if share < 1:
        filled = min(cells * steps - 1, filled)
    whole, part = divmod(filled, steps)
    drawn = signs.full * whole + (signs.parts[part - 1] if part else "")
    return ((drawn, level(percent)), (signs.empty * (cells - len(drawn)), Role.TRACK))


def spark(samples: Sequence[float | None], cells: int, signs: Signs) -> Line:
    """The newest ``cells`` samples (per cent), the newest last; a sample that is missing is a gap."""
    if not signs.sparks:
        return ()
    shown = samples[-cells:] if cells > 0 else ()
    top = len(signs.sparks) - 1
    columns = (
        " " if sample is None else signs.sparks[round(min(100.0, max(0.0, sample)) / 100 * top)] for sample in shown
    )
    return (("".join(columns).rjust(cells), Role.SPARK),)
