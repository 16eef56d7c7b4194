"""The modern look: true colour on a night-blue ground of its own, rounded frames, gauges in eighths of a cell.

One accent (sky), quiet blue-greys for what is always there, and green, amber and red for states alone. The colours
have near neighbours among the 256 of xterm, so that little is lost there.
"""

from rich.style import Style
from textual.theme import Theme

from quantix_tui.console.frames import Boxed
from quantix_tui.console.lines import Role
from quantix_tui.console.look import Look, Signs

GROUND = "#0d1117"
RAISED = "#1b2430"
LIFTED = "#263241"
TEXT = "#c9d3df"
STRONG = "#f4f7fb"
QUIET = "#949fae"
FRAME = "#66809c"
ACCENT = "#6cb6ff"
GOOD = "#4fd18b"
WARN = "#f5c542"
BAD = "#ff6f6a"

MODERN = Look(
    name="quantix-modern",
    theme=Theme(
        name="quantix-modern",
        primary=ACCENT,
        accent=ACCENT,
        foreground=TEXT,
        background=GROUND,
        surface=GROUND,
        panel=GROUND,
        boost=GROUND,
        dark=True,
        variables={
            "edge": "round",
            "frame": ACCENT,
            "title": STRONG,
            "quiet": QUIET,
            "field-text": STRONG,
            "selection": ACCENT,
            "selection-text": GROUND,
            "breath": "1",
            "page-edge": "round",
            "edge-colour": FRAME,
            "header-rows": "1",
            "column-rows": "15",
            "column-rows-demo": "13",
            "column-rows-tall": "20",
        },
    ),
    styles={
        Role.TEXT: Style(color=TEXT),
        Role.DIM: Style(color=QUIET),
        Role.TITLE: Style(color=ACCENT, bold=True),
        Role.STRONG: Style(color=STRONG, bold=True),
        Role.KEY: Style(color=ACCENT, bold=True),
        Role.FRAME: Style(color=FRAME),
        Role.GOOD: Style(color=GOOD, bold=True),
        Role.WARN: Style(color=WARN),
        Role.BAD: Style(color=BAD, bold=True),
        Role.CURSOR: Style(color=GROUND, bgcolor=ACCENT),
        Role.GAUGE: Style(color=ACCENT, bgcolor=RAISED),
        Role.GAUGE_WARN: Style(color=WARN, bgcolor=RAISED),
        Role.GAUGE_BAD: Style(color=BAD, bgcolor=RAISED),
        Role.TRACK: Style(color=TEXT, bgcolor=RAISED),
        Role.SPARK: Style(color=FRAME),
        Role.BAR: Style(color=TEXT, bgcolor=RAISED),
        Role.BAR_STRONG: Style(color=STRONG, bgcolor=RAISED, bold=True),
        Role.BAR_FRAME: Style(color=ACCENT, bgcolor=RAISED),
        Role.CAP: Style(color=ACCENT, bgcolor=LIFTED, bold=True),
        Role.STATE_CALM: Style(color=GROUND, bgcolor=QUIET, bold=True),
        Role.STATE_GOOD: Style(color=GROUND, bgcolor=GOOD, bold=True),
        Role.STATE_WARN: Style(color=GROUND, bgcolor=WARN, bold=True),
        Role.STATE_BAD: Style(color=GROUND, bgcolor=BAD, bold=True),
        Role.EDGE_GOOD: Style(color=GOOD),
        Role.EDGE_WARN: Style(color=WARN),
        Role.EDGE_BAD: Style(color=BAD),
        Role.CHOICE: Style(color=TEXT, bgcolor=RAISED),
        Role.CHOSEN: Style(color=STRONG, bgcolor=LIFTED, bold=True),
        Role.FIELD: Style(color=QUIET, bgcolor=RAISED),
        Role.FIELD_FOCUSED: Style(color=ACCENT, bgcolor=LIFTED),
        Role.CODE: Style(color="#000000", bgcolor="#ffffff"),
    },
    signs=Signs(
        marks={"■": "●", "·": "○", "!": "▲", "X": "✖", "OK": "✔", "FAIL": "✖", "-": "·"},
        parts="▏▎▍▌▋▊▉",
        empty=" ",
        sparks="▁▂▃▄▅▆▇█",
        cap=" {} ",
        cap_indent="",
        pill=" {} {} ",
        choice=("  ", "  "),
        chosen=("▸ ", "  "),
        field=("▏", " "),
        field_focused=("▌", " "),
        pointer="▸",
    ),
    frame=Boxed(),
    airy=True,
)
