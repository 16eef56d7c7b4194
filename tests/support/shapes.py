"""What line drawing and block characters look like, in fractions of a cell."""

ARMS = {
    "─": (0, 0, 1, 1),
    "│": (1, 1, 0, 0),
    "┌": (0, 1, 0, 1),
    "┐": (0, 1, 1, 0),
    "└": (1, 0, 0, 1),
    "┘": (1, 0, 1, 0),
    "├": (1, 1, 0, 1),
    "┤": (1, 1, 1, 0),
    "┬": (0, 1, 1, 1),
    "┴": (1, 0, 1, 1),
    "┼": (1, 1, 1, 1),
}
"""Which arms each has: up, down, left, right."""

ARCS = {"╭": (True, True), "╮": (False, True), "╰": (True, False), "╯": (False, False)}
"""Whether the two ends of the bend lie right and down."""

_A, _B, _C, _D = 0.36, 0.64, 0.42, 0.58
DOUBLE = {
    "═": ((0, _C, 1, _C), (0, _D, 1, _D)),
    "║": ((_A, 0, _A, 1), (_B, 0, _B, 1)),
    "╔": ((_A, 1, _A, _C), (_A, _C, 1, _C), (_B, 1, _B, _D), (_B, _D, 1, _D)),
    "╗": ((_B, 1, _B, _C), (_B, _C, 0, _C), (_A, 1, _A, _D), (_A, _D, 0, _D)),
    "╚": ((_A, 0, _A, _D), (_A, _D, 1, _D), (_B, 0, _B, _C), (_B, _C, 1, _C)),
    "╝": ((_B, 0, _B, _D), (_B, _D, 0, _D), (_A, 0, _A, _C), (_A, _C, 0, _C)),
}
"""Strokes: from x, y to x, y."""

SHADES = {"▓": 0.75, "▒": 0.5, "░": 0.25}

BLOCKS: dict[str, tuple[float, float, float, float]] = {
    **dict.fromkeys("█▓▒░", (0.0, 0.0, 1.0, 1.0)),
    **{block: (0.0, 0.0, eighths / 8, 1.0) for eighths, block in enumerate("▏▎▍▌▋▊▉", 1)},
    **{block: (0.0, 1 - eighths / 8, 1.0, 1.0) for eighths, block in enumerate("▁▂▃▄▅▆▇", 1)},
    "▀": (0.0, 0.0, 1.0, 0.5),
    "▐": (0.5, 0.0, 1.0, 1.0),
}
"""The part that is filled: left, top, right, bottom."""
