"""Which log is read, and whose lines of it."""

from collections.abc import Sequence

from textual.app import ComposeResult

from quantix_tui.console.clock import Clock
from quantix_tui.console.lines import Role
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.host.logs.entry import EVERYTHING, SUBJECTS, Subject
from quantix_tui.host.logs.sources import Log


class SourceScreen(Dialogue[tuple[Log, Subject]]):
    """``subject`` is offered too where it is none of the usual ones: a service's, say."""

    def __init__(self, logs: Sequence[Log], log: Log | None, subject: Subject, clock: Clock) -> None:
        super().__init__(clock)
        further = () if subject in SUBJECTS else (subject,)
        # In the first log everything comes together; a file of its own is about one thing mostly.
        self._offers = [(logs[0], one) for one in (*SUBJECTS, *further)] if logs else []
        self._offers += [(other, EVERYTHING) for other in logs[1:]]
        current = (log, subject)
        self._at = next((number for number, offer in enumerate(self._offers) if offer == current), 0)

    def compose(self) -> ComposeResult:
        yield Box(Sentences(), Choices(aside="Esc  back"), title="Which lines")

    def on_mount(self) -> None:
        refused = [Paragraph(log.problem.message, Role.WARN) for log, _ in self._offers[:1] if log.problem]
        self.query_one(Sentences).tell(refused or [Paragraph("Left and Right choose, Enter shows them.", Role.DIM)])
        choices = self.query_one(Choices)
        choices.offer([Choice(str(n), _label(*offer)) for n, offer in enumerate(self._offers)], self._at)
        self.set_focus(choices)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        self.dismiss(self._offers[int(event.key)])


def _label(log: Log, subject: Subject) -> str:
    return log.source.name if subject.is_everything else subject.name[0].upper() + subject.name[1:]
