"""The network test (F2): starts at once, a line for each thing tested as it becomes known; Enter tells one whole."""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.types import CSSPathType

from quantix_tui.cluster.checks import CheckResult, Outcome
from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.console import words
from quantix_tui.console.check_row import CheckRow, known_row
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import BLANK, Line, Role
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.screens.page import PageScreen
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.keybar import KeyBar
from quantix_tui.console.widgets.results import Group, Results

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp
    from quantix_tui.host.network.steps import Step

FindSteps = Callable[[], Awaitable[Sequence["Step"]]]

_KEYS = (("Up Down PgUp PgDn", "Move"), ("Enter", "Whole"), ("F", "Test again"), ("Esc", "Back"))


async def open_on(app: "ConsoleApp") -> None:
    async def steps() -> "Sequence[Step]":
        from quantix_tui.node.gateway.network import network_steps

        return await network_steps(app.settings)

    await app.push_screen(NetworkScreen(steps, os.uname().nodename, app.clock))


class NetworkScreen(Dialogue[None]):
    """``machine`` is the name of the one that is tested: the one that the console runs on."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["dialogue.tcss", "network.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f5,f,F", "again", show=False)]

    def __init__(self, find: FindSteps, machine: str, clock: Clock) -> None:
        super().__init__(clock)
        self._find = find
        self._machine = machine
        self._steps: Sequence[Step] = ()
        self._known: dict[int, CheckResult] = {}

    def compose(self) -> ComposeResult:
        yield Box(Results(), KeyBar(_KEYS), title=f"Network test of {self._machine}")

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Results))
        self.action_again()

    def action_again(self) -> None:
        """From the beginning; what still runs is stopped."""
        self._known = {}
        self.query_one(KeyBar).tell("Testing ...", Role.STRONG)
        self.run_worker(self._test(), group="test", exclusive=True)

    async def _test(self) -> None:
        from quantix_tui.host.network.steps import run_steps

        try:
            self._steps = await self._find()
            self._show()
            async for place, result in run_steps(self._steps):
                self._known[place] = result
                self._show()
        except QuantixError as error:
            self._broke(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told on the screen, with a report kept
            self._broke(fault_problem(error))
        else:
            self.query_one(KeyBar).tell(*summary(list(self._known.values())))

    def _broke(self, problem: Problem) -> None:
        self.query_one(KeyBar).tell(f"{problem.message} {problem.hint}".strip(), Role.BAD)

    def _show(self) -> None:
        self.query_one(Results).show(grouped(self._steps, self._known))

    def on_results_taken(self, event: Results.Taken) -> None:
        event.stop()
        result = self._known.get(event.number)
        if result is not None:
            group = [step.group for step in self._steps for _ in step.names][event.number]
            self.app.push_screen(PageScreen(f"{group}: {result.name}", result_lines(result), self.clock))


def grouped(steps: "Sequence[Step]", known: Mapping[int, CheckResult]) -> list[Group]:
    """The lines under their titles; what is not known yet says what it does."""
    rows: list[tuple[str, CheckRow]] = []
    for step in steps:
        doing = step.doing
        for name in step.names:
            result = known.get(len(rows))
            rows.append((step.group, known_row(result) if result else CheckRow("...", name, doing, "", Role.DIM)))
            # The lines of one step wait for each other: the first that is open is the one that runs.
            doing = doing if result else ""
    return [Group(title, tuple(row for _, row in own)) for title, own in groupby(rows, key=lambda entry: entry[0])]


def summary(results: Sequence[CheckResult]) -> tuple[str, Role]:
    """What the test has come to, in one sentence."""
    counts = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    told = [
        f"{counts[outcome]} {word}"
        for outcome, word in (
            (Outcome.FAIL, "failed"),
            (Outcome.WARN, "warned"),
            (Outcome.COULD_NOT_RUN, "not tried"),
        )
        if counts[outcome]
    ]
    if not told:
        return "Everything that was tested works.", Role.GOOD
    return f"{', '.join(told)}: Enter tells what to do.", Role.BAD if counts[Outcome.FAIL] else Role.WARN


_OUTCOMES = {
    Outcome.PASS: ("works", Role.GOOD),
    Outcome.WARN: ("works, but", Role.WARN),
    Outcome.FAIL: ("failed", Role.BAD),
    Outcome.SKIPPED: ("not tested", Role.DIM),
    Outcome.COULD_NOT_RUN: ("could not be tried", Role.WARN),
}


def result_lines(result: CheckResult) -> list[Paragraph | Line]:
    """One line of the test whole, with its cure."""
    word, role = _OUTCOMES[result.outcome]
    told: list[Paragraph | Line] = [((f"{'Result':<10}", Role.DIM), (word, role))]
    if result.outcome is not Outcome.SKIPPED:
        told.append(((f"{'Time':<10}", Role.DIM), (words.elapsed(result.duration_ms), Role.TEXT)))
    told.append(BLANK)
    if result.learnt:
        told.append(Paragraph(result.learnt))
    if result.problem is not None:
        told += [Paragraph(result.problem.message, role), BLANK, Paragraph(result.problem.hint)]
    return told
