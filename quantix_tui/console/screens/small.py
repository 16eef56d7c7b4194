"""Where less room is there than the console needs, one sentence stands instead of a broken screen."""

from textual.app import ComposeResult
from textual.screen import ModalScreen

from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.sentences import Sentences


class SmallScreen(ModalScreen[None]):
    """Goes away when there is room. No key opens or chooses anything meanwhile: nobody would see it."""

    DEFAULT_CLASSES = "small"

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__()
        self._columns = columns
        self._lines = lines

    def compose(self) -> ComposeResult:
        sentence = (
            f"This window is too small for the console: make it at least {self._columns} columns wide and "
            f"{self._lines} lines high."
        )
        yield Sentences([Paragraph(sentence)])

    def on_screen_resume(self) -> None:
        """What stood above it has closed, and meanwhile there may be room."""
        size = self.app.size
        if size.width >= self._columns and size.height >= self._lines:
            self.dismiss(None)
