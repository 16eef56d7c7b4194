"""Help on a page of the wizard: what it is for, and the keys."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.types import CSSPathType

from quantix_tui.console.clock import Clock
from quantix_tui.console.lines import BLANK, Line, Role, hanging
from quantix_tui.console.screens.page import PageScreen
from quantix_tui.console.tale import Paragraph

_KEYS = (
    ("F8, Ctrl-N", "the next page; the reason, while this one is not complete"),
    ("Esc", "the page before; nothing is lost by going back and forth"),
    ("Tab, arrows", "from field to field; left and right within a choice"),
    ("PgUp, PgDn", "scroll, where there is more than fits"),
    ("Ctrl-L", "draw the screen anew, when something wrote over it"),
    ("Ctrl-C", "quit; what the pages before were answered is kept"),
)
_RULE = (
    "Nothing is changed before Review has shown it and you have said so, but for the network: its settings are tried "
    "at once, and go back by themselves unless you keep them."
)


class WizardHelp(PageScreen):
    """Its key does not open another help on top of it."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["../dialogue.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1", "help", show=False)]

    def action_help(self) -> None: ...


def wizard_help(about: Sequence[str], title: str, clock: Clock) -> WizardHelp:
    told: list[Paragraph] = [Paragraph(words) for words in about]
    return WizardHelp(f"Help: {title}", [*told, BLANK, Paragraph(_RULE, Role.DIM), BLANK, _key_lines], clock)


def _key_lines(width: int) -> list[Line]:
    return [line for key, words in _KEYS for line in hanging((f"{key:<13}", Role.KEY), words, width)]
