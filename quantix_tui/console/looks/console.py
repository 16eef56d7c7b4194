"""The virtual console's look: the sixteen colours of a VGA card, and the characters that its fonts all have.

The colours are exactly the card's, so that none is shifted on the way. What is bright is bold as well: there bold *is*
the bright colour, and without colours bold is what is left of it. Dim, underline and italic are not used, because the
kernel shows them as other colours (drivers/tty/vt/vt.c, build_attr).
"""

from rich.style import Style
from textual.theme import Theme

from quantix_tui.console.frames import Ruled
from quantix_tui.console.lines import Role
from quantix_tui.console.look import Look, Signs

BLACK = "#000000"
BLUE = "#0000aa"
CYAN = "#00aaaa"
WHITE = "#aaaaaa"
BRIGHT_RED = "#ff5555"
BRIGHT_GREEN = "#55ff55"
BRIGHT_YELLOW = "#ffff55"
BRIGHT_CYAN = "#55ffff"
BRIGHT_WHITE = "#ffffff"

_TEXT = Style(color=WHITE)
_STRONG = Style(color=BRIGHT_WHITE, bold=True)
_GOOD = Style(color=BRIGHT_GREEN, bold=True)
_WARN = Style(color=BRIGHT_YELLOW, bold=True)
_BAD = Style(color=BRIGHT_RED, bold=True)
_CYAN = Style(color=CYAN)
_TITLE = Style(color=BRIGHT_CYAN, bold=True)
_BAR = Style(color=BLACK, bgcolor=CYAN)

CONSOLE = Look(
    name="quantix-console",
    theme=Theme(
        name="quantix-console",
        primary=CYAN,
        accent=BRIGHT_CYAN,
        foreground=WHITE,
        background=BLACK,
        surface=BLACK,
        panel=BLACK,
        boost=BLACK,
        dark=True,
        variables={
            "edge": "double",
            "frame": CYAN,
            "title": BRIGHT_CYAN,
            "quiet": CYAN,
            "field-text": BRIGHT_WHITE,
            "selection": CYAN,
            "selection-text": BLACK,
            "breath": "0",
            "page-edge": "none",
            "edge-colour": CYAN,
            "header-rows": "2",
            "column-rows": "14",
            "column-rows-demo": "12",
            "column-rows-tall": "18",
        },
    ),
    styles={
        Role.TEXT: _TEXT,
        Role.DIM: _CYAN,
        Role.TITLE: _TITLE,
        Role.STRONG: _STRONG,
        Role.KEY: _TITLE,
        Role.FRAME: _CYAN,
        Role.GOOD: _GOOD,
        Role.WARN: _WARN,
        Role.BAD: _BAD,
        Role.CURSOR: _BAR,
        Role.GAUGE: _CYAN,
        Role.GAUGE_WARN: _WARN,
        Role.GAUGE_BAD: _BAD,
        Role.TRACK: _CYAN,
        Role.SPARK: _CYAN,
        Role.BAR: Style(color=WHITE, bgcolor=BLUE),
        Role.BAR_STRONG: Style(color=BRIGHT_WHITE, bgcolor=BLUE, bold=True),
        Role.BAR_FRAME: Style(color=WHITE, bgcolor=BLUE),
        Role.CAP: Style(color=BRIGHT_YELLOW, bgcolor=BLUE, bold=True),
        Role.STATE_CALM: _STRONG,
        Role.STATE_GOOD: _GOOD,
        Role.STATE_WARN: _WARN,
        Role.STATE_BAD: _BAD,
        Role.EDGE_GOOD: _CYAN,
        Role.EDGE_WARN: _CYAN,
        Role.EDGE_BAD: _CYAN,
        Role.CHOICE: _TEXT,
        Role.CHOSEN: _STRONG,
        Role.FIELD: _CYAN,
        Role.FIELD_FOCUSED: _TITLE,
        Role.CODE: Style(color=BLACK, bgcolor=WHITE),
    },
    signs=Signs(),
    frame=Ruled(),
    airy=True,
)
