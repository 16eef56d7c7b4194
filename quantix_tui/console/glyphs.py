"""Every character of the screens that is not a letter: the ones that the Linux virtual console's fonts all have.

A look with fewer glyphs swaps them at one place, where a panel is drawn (:data:`ASCII` is such a table).
"""

LINE = "─"
BAR = "│"
TEE_UP = "┴"
TEE_DOWN = "┬"
CROSS = "┼"
FULL = "█"
EMPTY = "░"
MARK_GOOD = "■"
MARK_CALM = "·"
MARK_BAD = "X"
MARK_WARN = "!"
MARK_UNKNOWN = "?"
POINTER = "▶"
UP = "↑"
DOWN = "↓"
CUT = ".."
BUSY = "..."

ASCII = str.maketrans("─│┌┐└┘├┤┬┴┼█░▒■·°←↑→↓▼▶", "-|++++" + "+++++" + "#.:*.o<^>vv>")
"""For a terminal without line drawing: one character for one, so that nothing moves."""
