"""Apply: each step with its result and its time. One that failed says why, is mended on its page, and tried again."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import ClassVar

from textual.app import ComposeResult
from textual.timer import Timer

from quantix_tui.cluster import spans
from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.console import words
from quantix_tui.console.check_row import CheckRow
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import Role
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.page import BACK, LATER, Page
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.checklist import CheckList
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.keybar import Keys
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.setup.apply import Began, Did, Ended, Outcome, Progress
from quantix_tui.setup.claim import begun
from quantix_tui.setup.state import Failure
from quantix_tui.setup.steps import StepName, answered

_PAGES = {step: PageName(step.value) for step in StepName}
_RUNNING = Paragraph("Please wait: each step ends by itself.", Role.DIM)
STOPPED = (
    "The changes were begun, and not ended: the power or the console went away. What was done stays done; "
    "Go on makes the rest."
)


class Applying(Page):
    NAME: ClassVar[PageName] = PageName.APPLY
    WORDS: ClassVar[str] = "the changes are made now"
    ABOUT: ClassVar[Sequence[str]] = (
        "Each step is told with its result and its time. A step that is done is not done again, whatever follows.",
        "When a step fails, nothing after it is tried. Mend goes to its page; Next there shows the changes once more, "
        "before they are made.",
    )

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._rows: dict[StepName, CheckRow] = {}
        self._began: tuple[StepName, float] | None = None
        self._doing = ""
        self._failed: StepName | None = None
        self._applies = False
        self._ticker: Timer | None = None

    def compose(self) -> ComposeResult:
        yield CheckList("Steps")
        yield Sentences(id="outcome")

    def on_mount(self) -> None:
        self.query_one("#outcome").add_class("gap")

    def opened(self) -> None:
        self._rows = {name: CheckRow("...", _title(name), "", "", Role.DIM) for name, _ in answered(self.bench.answers)}
        for name in self.bench.applied & set(self._rows):
            self._rows[name] = CheckRow("OK", _title(name), "done already", "", Role.GOOD)
        self._failed = None
        asked, self.bench.asked_to_apply = self.bench.asked_to_apply, False
        if asked and not self.bench.faults:
            self._show()
            self._start()
            return
        failed = self.bench.failed
        if failed is not None and failed.name in self._rows:
            self._failed = failed.name
            self._rows[failed.name] = ended_row(failed.name, Outcome.FAILED, None, "")
            told = Paragraph(failed.problem.message, Role.BAD), Paragraph(failed.problem.hint)
            self._tell(*told, Paragraph(stopped_words(failed), Role.DIM))
        else:
            self._tell(Paragraph(STOPPED, Role.WARN))
        self._show()
        self.post_message(self.Changed())

    @property
    def busy(self) -> bool:
        return self._applies

    @property
    def reason(self) -> str:
        return "" if self._applies else next((str(fault) for fault in self.bench.faults), "")

    def keys(self) -> Keys:
        return (("F1", "Help"),) if self._applies else super().keys()

    def choices(self) -> Sequence[Choice]:
        if self._applies:
            return ()
        if self.reason:
            return (Choice("mend", f"Mend: {self._to_mend.heading}"), BACK, LATER)
        if self._failed is None:
            return (Choice("next", "Go on"), BACK, LATER)
        return (Choice("mend", f"Mend: {self._to_mend.heading}"), Choice("next", "Try again"), LATER)

    @property
    def next_does(self) -> str:
        if self.reason:
            return "Mend"
        return "Go on" if self._failed is None else "Try again"

    @property
    def _to_mend(self) -> PageName:
        if fault := next(iter(self.bench.faults), None):
            return PageName(str(fault.place[0]))
        return _PAGES[self._failed] if self._failed else PageName.REVIEW

    async def going_on(self) -> bool:
        self._start()
        return False

    def point_out(self) -> None:
        self.post_message(self.Wanted(self._to_mend))

    def chosen(self, key: str) -> None:
        if key == "mend":
            self.point_out()

    # Applying

    def _start(self) -> None:
        if self._applies:
            return
        self._applies, self._failed, self._doing = True, None, ""
        for name in self._rows:
            self._rows[name] = CheckRow("...", _title(name), "", "", Role.DIM)
        self._tell(_RUNNING)
        self._ticker = self.set_interval(1.0, self._show)
        self.post_message(self.Changed())
        self.run_worker(self._run(), group="apply", exclusive=True)

    async def _run(self) -> None:
        problem: Problem | None = None
        try:
            async with aclosing(self.bench.apply()) as steps:
                async for progress in steps:
                    problem = self._take(progress)
        except QuantixError as error:
            problem = error.problem
        except Exception as error:  # noqa: BLE001 - the worker's border: told in place, with a report kept
            problem = fault_problem(error)
        self._applies, self._began = False, None
        if self._ticker is not None:
            self._ticker.stop()
        self._show()
        if problem is None:
            self.post_message(self.Ready())
            return
        self._fail(problem)

    def _take(self, progress: Progress) -> Problem | None:
        name = progress.name
        match progress:
            case Began():
                self._began, self._doing = (name, self.bench.kit.clock.monotonic()), ""
            case Did(_, act):
                self._doing = f"{act.what} {f'({act.failure})' if act.failure else ''}".strip()
            case Ended(_, outcome, seconds, problem):
                self._began = None
                self._rows[name] = ended_row(name, outcome, seconds, self._doing)
                self._failed = name if problem else None
        self._show()
        return progress.problem if isinstance(progress, Ended) else None

    def _fail(self, problem: Problem) -> None:
        self._tell(Paragraph(problem.message, Role.BAD), Paragraph(problem.hint))
        self.post_message(self.Changed())
        self._focus_choices()

    def _focus_choices(self) -> None:
        self.call_after_refresh(lambda: self.screen.set_focus(self.screen.query_one("#body > Choices", Choices)))

    def _tell(self, *told: Paragraph) -> None:
        self.query_one("#outcome", Sentences).tell(told)

    def _show(self) -> None:
        rows = dict(self._rows)
        if self._began is not None:
            name, since = self._began
            waited = self.bench.kit.clock.monotonic() - since
            told = harmless(self._doing, 120) or "begun"
            rows[name] = CheckRow("...", _title(name), told, spans.short(waited) if waited >= 1 else "", Role.STRONG)
        self.query_one(CheckList).show(list(rows.values()))


PAGE = Applying


def stopped_words(failed: Failure) -> str:
    """Who came as far as the step that failed."""
    return f"{begun(failed.who)} stopped at this step. What was done stays done."


def _title(name: StepName) -> str:
    return name.value.capitalize()


def ended_row(name: StepName, outcome: Outcome, seconds: float | None, last: str) -> CheckRow:
    """A step's line when it has ended. ``seconds``: None where it is not known how long it took."""
    time = "" if seconds is None else words.elapsed(seconds * 1000)
    match outcome:
        case Outcome.DONE:
            return CheckRow("OK", _title(name), harmless(last, 120) or "nothing to change", time, Role.GOOD)
        case Outcome.ALREADY:
            return CheckRow("OK", _title(name), "done already", "", Role.GOOD)
        case Outcome.FAILED:
            return CheckRow("FAIL", _title(name), "see below", time, Role.BAD)
