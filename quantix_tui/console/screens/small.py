"""Where less than 40x12 is there, one sentence stands instead of a broken screen."""

from textual.app import ComposeResult
from textual.screen import ModalScreen

from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.sentences import Sentences

SENTENCE = "This window is too small for the console: make it at least 40 columns wide and 12 lines high."


class SmallScreen(ModalScreen[None]):
    """Goes away by itself when there is room."""

    DEFAULT_CLASSES = "small"

    def compose(self) -> ComposeResult:
        yield Sentences([Paragraph(SENTENCE)])
