"""Review: everything that will be changed, exactly. An answer file without secrets can be saved from here."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.timer import Timer

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.driver.driver import shows_all
from quantix_tui.console.lines import BLANK, Line, Role, paragraph, rule
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.page import BACK, LATER, NOT_YET, Page
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.console.widgets.reader import Measured, Reader
from quantix_tui.setup.review import Act, Reviewed
from quantix_tui.setup.saving import save_answers
from quantix_tui.setup.steps import StepName

DONE_ALREADY = "Done already, with these answers."
NOTHING = "Nothing to change."
_NOTHING = "Nothing is to be changed: the machine is as it is wanted already."
_LOOKING = "Looking what has to be changed ..."
QUIET_SECS = 0.5
"""How long the changes stand on the screen, with no key that would apply them, before one does: a key that was pressed
twice, or is held down, for the pages before is no yes to what nobody can have read."""
SHOWN_WITHIN = 10.0
"""Seconds after which nobody waits any more for a line that does not come to rest."""
_LOOK_EVERY = 0.05
_INDENT, _FURTHER = " " * 3, " " * 6
_SIGNS = {"+": Role.GOOD, "-": Role.BAD}


class Review(Page):
    NAME: ClassVar[PageName] = PageName.REVIEW
    WORDS: ClassVar[str] = "the exact changes, before they are made"
    ABOUT: ClassVar[Sequence[str]] = (
        "What each step will do on this machine: files with the lines that change (+ comes, - goes), and commands. "
        "Secrets are not shown.",
        "Save answers writes a file without secrets, for quantix-tui setup --answers on further nodes.",
    )

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._stands = False
        """The changes are seen by now."""
        self._problem: Problem | None = None
        self._quiet_secs = 0.0
        self._waited_secs = 0.0
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Reader(id="changes")

    def coming(self) -> None:
        # What was looked up before must not be applied by a key that was typed ahead.
        self._stands, self._problem = False, None
        self._stop_looking()
        self.query_one(Reader).show(lambda width: paragraph(_LOOKING, width, Role.DIM))

    def opened(self) -> None:
        self.run_worker(self._look(), group="review", exclusive=True)

    @property
    def reason(self) -> str:
        if fault := next(iter(self.bench.faults), None):
            return str(fault)
        if self._problem is not None:
            return f"{self._problem.message} {self._problem.hint}"
        return "" if self._stands else "The changes are being looked up, and shown."

    def choices(self) -> Sequence[Choice]:
        if self.bench.faults:
            return (Choice("mend", f"Mend: {self._faulty.heading}"), BACK, LATER)
        first = NOT_YET if self.reason else Choice("next", "Apply now")
        return (first, BACK, Choice("save", "Save answers"), Choice("later", "Later"))

    @property
    def next_does(self) -> str:
        return "Mend" if self.bench.faults else "Apply"

    def action_page(self, step: int) -> None:
        self.query_one(Reader).action_page(step)

    @property
    def _faulty(self) -> PageName:
        return PageName(str(self.bench.faults[0].place[0]))

    def point_out(self) -> None:
        if self.bench.faults:
            self.post_message(self.Wanted(self._faulty))
        self._quiet_secs = 0.0

    def chosen(self, key: str) -> None:
        if key == "mend":
            self.point_out()
        elif key == "save":
            self.run_worker(self._save(), group="save", exclusive=True)

    async def going_on(self) -> bool:
        self.bench.asked_to_apply = True
        return True

    async def _look(self) -> None:
        try:
            if self.bench.faults:
                wrong = tuple(self.bench.faults)
                self._show(lambda width: [line for each in wrong for line in paragraph(str(each), width, Role.WARN)])
            else:
                reviewed = await self.bench.review()
                self._show(partial(review_lines, reviewed, self.bench.applied))
        except QuantixError as error:
            self._fail(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in place, with a report kept
            self._fail(fault_problem(error))
        self._stop_looking()
        self._quiet_secs = self._waited_secs = 0.0
        self._timer = self.set_interval(_LOOK_EVERY, self._look_whether_seen)
        self.post_message(self.Changed())

    def _look_whether_seen(self) -> None:
        """A slow line takes seconds for what is drawn."""
        self._waited_secs += _LOOK_EVERY
        shown = shows_all(self.app) or self._waited_secs >= SHOWN_WITHIN
        seen = self.screen.is_current and shown
        self._quiet_secs = self._quiet_secs + _LOOK_EVERY if seen else 0.0
        if self._quiet_secs >= QUIET_SECS:
            self._stop_looking()
            self._stands = True
            self.post_message(self.Changed())

    def _stop_looking(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _show(self, text: Measured) -> None:
        self.query_one(Reader).show(text)

    def _fail(self, problem: Problem) -> None:
        self._problem = problem
        self._show(lambda width: [*paragraph(problem.message, width, Role.BAD), *paragraph(problem.hint, width)])

    async def _save(self) -> None:
        try:
            path = await asyncio.to_thread(save_answers, self.bench.means, self.bench.answers)
        except QuantixError as error:
            self.post_message(self.Told(f"{error.problem.message} {error.problem.hint}", Role.BAD))
        else:
            self.post_message(self.Told(f"Saved without secrets: {path}", Role.GOOD))


PAGE = Review


def review_lines(reviewed: Sequence[Reviewed], applied: frozenset[StepName], width: int) -> Sequence[Line]:
    """Each step under its title, with its acts and what they change."""
    lines: list[Line] = []
    for step in reviewed:
        lines += [*([BLANK] if lines else []), rule(width - 1, step.name.capitalize())]
        if step.name in applied:
            lines += paragraph(DONE_ALREADY, width, Role.GOOD)
        elif not step.acts:
            lines += paragraph(NOTHING, width, Role.DIM)
        for act in () if step.name in applied else step.acts:
            lines += _act_lines(act, width)
    return lines or paragraph(_NOTHING, width)


def _act_lines(act: Act, width: int) -> list[Line]:
    lines = paragraph(act.what, width, Role.STRONG)
    return lines + [row for line in act.lines for row in _exactly(line, max(10, width - len(_INDENT)))]


def _exactly(line: str, room: int) -> list[Line]:
    """Every character of it: what is too long goes on in a further row, behind a deeper indent."""
    role = _SIGNS.get(line[:1], Role.TEXT)
    first, rest, less = line[:room], line[room:], room - len(_FURTHER)
    rows = [f"{_INDENT}{first}", *(f"{_INDENT}{_FURTHER}{rest[at : at + less]}" for at in range(0, len(rest), less))]
    return [((row, role),) for row in rows]
