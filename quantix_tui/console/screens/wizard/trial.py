"""Trying network settings: what works with them, and the countdown to the old ones."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.types import CSSPathType

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.console.check_row import CheckRow, known_row
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.screens.wizard.bench import Trial, Trials
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.checklist import CheckList
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.setup.answers import Answers

TICK = 0.5
CHECKED = ("address", "gateway", "DNS")
BEGINS = "The new settings are being put in force; the way back is ready before anything changes ..."
BACK = "The old settings are in force again."


def over_words(why: str) -> str:
    """What a trial that ended by itself came to; ``why`` as :meth:`Trial.why_over` says it."""
    if not why:
        return "Another console has ended the trial: look there, or try once more."
    return f"{why} {BACK} Try once more, or change something first."


class TrialScreen(Dialogue[bool]):
    """Dismissed with whether the new settings stay. ``running``: a trial that was begun before this console."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["../dialogue.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1", "help", show=False)]

    def __init__(
        self,
        trials: Trials,
        answers: Answers,
        clock: Clock,
        *,
        running: Trial | None = None,
    ) -> None:
        super().__init__(clock)
        self._trials = trials
        self._answers = answers
        self._trial = running
        self._rows: dict[str, CheckRow] = {}
        self._problem: Problem | None = None
        """The first that the checks have met: those behind it may be so for the same reason."""
        self._ending = False
        self._over = False

    async def action_help(self) -> None:
        """That of the page in front of which it stands."""
        from quantix_tui.console.screens.wizard.help import wizard_help
        from quantix_tui.console.screens.wizard.network import Network

        await self.app.push_screen(wizard_help(Network.ABOUT, Network.NAME.heading, self.clock))

    @property
    def begun(self) -> bool:
        return not self._over

    @property
    def busy(self) -> bool:
        return not self._over

    def compose(self) -> ComposeResult:
        yield Box(CheckList("With the new settings"), Sentences(), Choices(), title="Trying the new settings")

    def on_mount(self) -> None:
        self.query_one("#outcome").add_class("gap")
        self._choices.offer(())
        self._show({name: CheckRow("...", name, "", "", Role.DIM) for name in CHECKED})
        self._outcome.tell([Paragraph(BEGINS, Role.STRONG)])
        self.run_worker(self._try(), group="trial")
        self.set_interval(TICK, self._tick)

    async def _try(self) -> None:
        try:
            if self._trial is None:
                self._trial = await self._trials.begin(self._answers)
            self._choices.offer((Choice("back", "Go back now"), Choice("keep", "Keep the new ones")), selected=1)
            self.set_focus(self._choices)
            self._tick()
            assert self._answers.network is not None  # noqa: S101 - there is something to try
            async with aclosing(self._trials.checks(self._answers.network)) as results:
                async for result in results:
                    self._problem = self._problem or result.problem
                    self._show({**self._rows, str(result.name): known_row(result)})
                    self._tick()
        except QuantixError as error:
            self._fail(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            self._fail(fault_problem(error))

    def _tick(self) -> None:
        if self._trial is None or self._ending or self._over:
            return
        left = self._trial.seconds_left()
        if left is None:
            self._ending = True
            self._choices.offer(())
            self._outcome.tell([Paragraph("Going back to the old settings ...", Role.STRONG)])
            self.run_worker(self._tell_why(self._trial), group="trial", exclusive=True)
            return
        self._outcome.tell(
            [
                Paragraph(f"Going back to the old settings in {-int(-left // 1)} s.", Role.WARN),
                Paragraph("Keep the new ones if this node is reached as it should be.", Role.DIM),
                *self._wrong(),
            ]
        )

    def _wrong(self) -> Sequence[Told]:
        problem = self._problem
        return [BLANK, Paragraph(problem.message, Role.BAD), Paragraph(problem.hint)] if problem else []

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        if event.key == "close":
            self.dismiss(False)
        elif self._trial is not None and not self._ending:
            self._ending = True
            self._choices.offer(())
            keeps = event.key == "keep"
            doing = "Keeping the new settings ..." if keeps else "Going back to the old settings ..."
            self._outcome.tell([Paragraph(doing, Role.STRONG)])
            self.run_worker(self._finish(self._trial, keeps=keeps), group="trial", exclusive=True)

    async def _tell_why(self, trial: Trial) -> None:
        try:
            self._end(Paragraph(over_words(await trial.why_over()), Role.WARN))
        except QuantixError as error:
            self._fail(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            self._fail(fault_problem(error))

    async def _finish(self, trial: Trial, *, keeps: bool) -> None:
        try:
            if keeps:
                await self._trials.keep(trial)
                self._over = True
                self.close(True)
                return
            await trial.go_back()
            self._end(Paragraph(BACK))
        except QuantixError as error:
            self._fail(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            self._fail(fault_problem(error))

    def action_back(self) -> None:
        """Esc takes the settings back, for it never destroys; then it closes."""
        if self._over:
            self.dismiss(False)
        elif self._trial is not None and not self._ending:
            self.on_choices_chosen(Choices.Chosen("back"))

    def _fail(self, problem: Problem) -> None:
        self._end(Paragraph(problem.message, Role.BAD), Paragraph(problem.hint))

    def _end(self, *told: Paragraph) -> None:
        self._over = True
        # What is over holds up nobody on another line: who knows when somebody closes this.
        self._trials.ended()
        self.workers.cancel_node(self)
        self._outcome.tell(told)
        self._choices.offer((Choice("close", "Close"),))
        self.set_focus(self._choices)

    def _show(self, rows: dict[str, CheckRow]) -> None:
        self._rows = rows
        self.query_one(CheckList).show(list(rows.values()))
        # On a small screen the time that is left comes before what it is left for.
        self.query_one(Box).reveal(self._outcome)

    @property
    def _outcome(self) -> Sentences:
        return self.query_one(Sentences)

    @property
    def _choices(self) -> Choices:
        return self.query_one(Choices)
