"""A fingerprint as it is read aloud and compared: the same groups wherever it stands. Pure functions."""

from collections.abc import Sequence

from quantix_tui.console.lines import Line, Role

GROUP = 9
"""Cells of one pair of groups, as in ``7F3A 91C4``."""


def grouped(label: str, rows: Sequence[str], width: int) -> list[Line]:
    """``rows`` (:meth:`~quantix_tui.cluster.trust.Fingerprint.rows`) beside a label, in more rows where it is narrow.

    ``label`` has its own padding.
    """
    room = width - len(label)
    per_row = next((count for count in (4, 2) if count * (GROUP + 2) - 2 <= room), 1)
    pairs = [pair for row in rows for pair in row.split("  ")]
    lines = ["  ".join(pairs[place : place + per_row]) for place in range(0, len(pairs), per_row)]
    labels = (label, *[" " * len(label)] * (len(lines) - 1))
    return [((name, Role.DIM), (line, Role.STRONG)) for name, line in zip(labels, lines, strict=True)]
