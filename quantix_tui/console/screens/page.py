"""A dialogue that only tells: sentences and lines, scrolled when long, closed by Enter, Esc or its button."""

from collections.abc import Sequence

from textual.app import ComposeResult

from quantix_tui.console.clock import Clock
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.sentences import Sentences, Told


class PageScreen(Dialogue[None]):
    """Shows ``told`` under ``title``; where the screen is short, every line of it is for that."""

    def __init__(self, title: str, told: Sequence[Told], clock: Clock) -> None:
        super().__init__(clock)
        self._page_title = title
        self._told = told

    def compose(self) -> ComposeResult:
        yield Box(Sentences(self._told), Choices(aside="Esc  back"), title=self._page_title)

    def on_mount(self) -> None:
        choices = self.query_one(Choices)
        choices.offer((Choice("close", "Close"),))
        self.set_focus(choices, scroll_visible=False)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        self.dismiss(None)
