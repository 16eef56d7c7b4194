"""The console's own theme: near-black, white and grey, one accent; colour only repeats what words say.

The values are near the sixteen colours of the Linux virtual console, so that nothing shifts there.
"""

from rich.style import Style
from textual.theme import Theme

from quantix_tui.console.lines import Role

ACCENT = "#5fd7d7"
GOOD = "#5fd75f"
WARN = "#ffd75f"
BAD = "#ff6b6b"
WHITE = "#ffffff"
TEXT = "#d0d0d0"
DIM = "#8a8f98"
FRAME = "#767b84"
GROUND = "#0a0d12"

THEME = Theme(
    name="quantix",
    primary=ACCENT,
    secondary=ACCENT,
    accent=ACCENT,
    success=GOOD,
    warning=WARN,
    error=BAD,
    foreground=TEXT,
    background=GROUND,
    surface=GROUND,
    panel=GROUND,
    boost=GROUND,
    dark=True,
)

STYLES: dict[Role, Style] = {
    Role.TEXT: Style(color=TEXT),
    Role.DIM: Style(color=DIM),
    Role.TITLE: Style(color=ACCENT, bold=True),
    Role.STRONG: Style(color=WHITE, bold=True),
    Role.KEY: Style(color=ACCENT, bold=True),
    Role.FRAME: Style(color=FRAME),
    Role.GOOD: Style(color=GOOD, bold=True),
    Role.WARN: Style(color=WARN, bold=True),
    Role.BAD: Style(color=BAD, bold=True),
    Role.GAUGE: Style(color=ACCENT),
    # Reverse video rather than a colour of its own: the focus is seen on any screen.
    Role.CURSOR: Style(reverse=True),
}
