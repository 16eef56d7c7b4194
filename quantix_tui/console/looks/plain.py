"""The plain look: ASCII, bold and reverse. For serial lines, for ears and Braille, for whatever knows nothing more."""

from rich.style import Style
from textual.theme import Theme

from quantix_tui.console.frames import Ruled
from quantix_tui.console.glyphs import ASCII
from quantix_tui.console.lines import Role
from quantix_tui.console.look import Look, Signs

# The theme cannot do without colours; the driver leaves them out where the terminal has none.
GROUND, TEXT = "#000000", "#aaaaaa"

_PLAIN = Style()
_BOLD = Style(bold=True)
_REVERSE = Style(reverse=True)

PLAIN = Look(
    name="quantix-plain",
    theme=Theme(
        name="quantix-plain",
        primary=TEXT,
        accent=TEXT,
        foreground=TEXT,
        background=GROUND,
        surface=GROUND,
        panel=GROUND,
        boost=GROUND,
        dark=True,
        variables={
            "edge": "ascii",
            "frame": TEXT,
            "title": TEXT,
            "quiet": TEXT,
            "field-text": TEXT,
            "selection": TEXT,
            "selection-text": GROUND,
            "breath": "0",
            "page-edge": "none",
            "edge-colour": TEXT,
            "header-rows": "2",
            "column-rows": "14",
            "column-rows-demo": "12",
            "column-rows-tall": "18",
        },
    ),
    styles={
        **dict.fromkeys(Role, _PLAIN),
        Role.TITLE: _BOLD,
        Role.STRONG: _BOLD,
        Role.KEY: _BOLD,
        Role.CAP: _BOLD,
        Role.GOOD: _BOLD,
        Role.WARN: _BOLD,
        Role.BAD: _BOLD,
        Role.BAR_STRONG: _BOLD,
        Role.STATE_CALM: _BOLD,
        Role.STATE_GOOD: _BOLD,
        Role.STATE_WARN: _BOLD,
        Role.STATE_BAD: _BOLD,
        Role.CHOSEN: _BOLD,
        Role.FIELD_FOCUSED: _BOLD,
        Role.CURSOR: _REVERSE,
        Role.CODE: _REVERSE,
    },
    signs=Signs(
        marks={"■": "*", "·": "-"},
        swaps=ASCII,
        full="#",
        empty=".",
        halves=False,
        pointer=">",
    ),
    frame=Ruled(),
)
