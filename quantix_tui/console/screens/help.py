"""Help: every key that works, what the marks mean, where the words come from."""

from functools import partial

from quantix_tui.console import glyphs
from quantix_tui.console.clock import Clock
from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.console.keys import KEY_MAP
from quantix_tui.console.lines import BLANK, Role, hanging
from quantix_tui.console.look import Look
from quantix_tui.console.screens.page import PageScreen
from quantix_tui.console.widgets.sentences import Measured, Told

_FORM_KEYS = (
    ("Tab Up Down", "from field to field; Shift-Tab goes back"),
    ("Enter", "run the checks, or take the choice under the bar"),
    ("Ctrl-T", "show the token, or hide it again"),
    ("Ctrl-O F3", "give a CA file of your own"),
    ("Esc", "stop what runs, then go back; it never destroys"),
)
_MARKS = (
    (glyphs.MARK_GOOD, Role.GOOD, "connected: the last heartbeat was acknowledged"),
    (glyphs.MARK_WARN, Role.WARN, "restart needed: saved, not yet taken up by the daemon"),
    (glyphs.MARK_BAD, Role.BAD, "disconnected: joined, but no heartbeat gets through"),
    (glyphs.MARK_CALM, Role.STRONG, "standalone: belongs to no cluster"),
    (glyphs.MARK_UNKNOWN, Role.WARN, "unknown: the node daemon does not say"),
)


class HelpScreen(PageScreen):
    """Under F1 and ``?``, on the dashboard and in the dialogues."""

    def __init__(self, clock: Clock, demo: DemoHints | None, look: Look) -> None:
        super().__init__("Help", help_lines(demo, look), clock)


def help_lines(demo: DemoHints | None, look: Look) -> list[Told]:
    told: list[Told] = []
    if demo is not None:
        from quantix_tui.console.widgets.demo import TITLE, demo_lines

        told.append(((" ", Role.TEXT), *TITLE))
        told.append(partial(demo_lines, demo))
        told.append(BLANK)
    told.append((("Dashboard", Role.TITLE),))
    told += [_row(entry.keys, Role.KEY, entry.help) for entry in KEY_MAP]
    told += [BLANK, (("Join form and dialogues", Role.TITLE),)]
    told += [_row(keys, Role.KEY, words) for keys, words in _FORM_KEYS]
    told += [BLANK, (("States", Role.TITLE),)]
    told += [_row(look.mark(mark), role, words) for mark, role, words in _MARKS]
    told += [
        BLANK,
        (("From a shell: ", Role.DIM), ("quantix-tui status, check, join, leave, restart (--help)", Role.TEXT)),
    ]
    return told


def _row(label: str, role: Role, words: str) -> Measured:
    return lambda width: hanging((f" {label:<12} ", role), words, width)
