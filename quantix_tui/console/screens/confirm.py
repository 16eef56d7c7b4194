"""A question that needs a deliberate answer: the harmless one is selected, Esc is the harmless one too."""

from textual.app import ComposeResult

from quantix_tui.console.clock import Clock
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.sentences import Sentences


class ConfirmScreen(Dialogue[bool]):
    """True when the person really wants ``yes``."""

    def __init__(self, title: str, question: str, *, yes: str, no: str, clock: Clock) -> None:
        super().__init__(clock)
        self._question_title = title
        self._question = question
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        yield Box(Sentences([Paragraph(self._question)]), Choices(aside="Esc  back"), title=self._question_title)

    def on_mount(self) -> None:
        choices = self.query_one(Choices)
        choices.offer((Choice("no", self._no), Choice("yes", self._yes)))
        self.set_focus(choices, scroll_visible=False)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        self.dismiss(event.key == "yes")
