"""Somebody else sets the node up, or has the wizard open: who, since when, how far; and what can be done here."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.timer import Timer
from textual.types import CSSPathType

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.console.check_row import CheckRow
from quantix_tui.console.lines import Role
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.pages import title_of
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.checklist import CheckList
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.setup.claim import Doing, Holder
from quantix_tui.setup.state import SetupState
from quantix_tui.setup.steps import answered

LOOK_EVERY = 0.5
_BUSY = "This screen goes on by itself when that has ended."
_OPEN = (
    "Two cannot answer at once. What is kept there when a page is left is kept here too: the wizard is on {} now. "
    "Take it over to go on here; what is typed there on that page then stays there."
)
_LOST = (
    "It was taken over there, and is on {} now. What stands on the pages here is kept no more, unless you take it back."
)
_WAIT = (Choice("later", "Dashboard"),)
_TAKE = (*_WAIT, Choice("take", "Take it over"))
_TAKE_BACK = (*_WAIT, Choice("take", "Take it back"))
_LATER = {"later": "Quit"}


class Then(Enum):
    """How it went on."""

    ON = "with what stands on the pages"
    ANEW = "with what somebody else has kept"
    LATER = "on the dashboard"
    SET_UP = "the node is set up"


class HeldScreen(Dialogue[Then]):
    """On top of the wizard until nobody else has it. ``lost``: the pages were ours before."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["../dialogue.tcss"]
    CHANGES: ClassVar[bool] = True

    def __init__(self, bench: Bench, held: Holder, *, lost: bool) -> None:
        super().__init__(bench.kit.clock)
        self._bench = bench
        self._held = held
        self._lost = lost
        self._looker: Timer | None = None
        self._taking = False
        self._looking = False

    @property
    def who(self) -> str:
        """Who had it last."""
        return str(self._held.who)

    def compose(self) -> ComposeResult:
        yield Box(Sentences(id="who"), CheckList("Steps"), Sentences(), Choices(), title="Set this node up")

    def on_mount(self) -> None:
        self.query_one("#outcome").add_class("gap")
        # How far it is there has yet to be read.
        self.query_one("#who", Sentences).tell([Paragraph(str(self._held), Role.STRONG)])
        self._offer(_WAIT)
        self.set_focus(self._choices, scroll_visible=False)
        self._looker = self.set_interval(LOOK_EVERY, self._look)
        self._look()

    def _look(self) -> None:
        # One at a time: a disk may hang.
        if not self._taking and not self._looking:
            self._looking = True
            self.run_worker(self._look_again(), group="look", exclusive=True)

    async def _look_again(self) -> None:
        try:
            seen = await self._bench.look()
            kept = await self._bench.kept_now() if seen is not None and seen.held is not None else None
        finally:
            self._looking = False
        if seen is None or self._taking:
            return
        if seen.set_up:
            self._end(Then.SET_UP)
        elif seen.held is not None and kept is not None:
            self._show(seen.held, kept)
        else:
            self._end(Then.ON if seen.as_kept else Then.ANEW)

    def _show(self, held: Holder, kept: SetupState) -> None:
        self._held = held
        applies, asks = held.doing is Doing.APPLIES, held.doing is Doing.ASKS
        self.query_one("#who", Sentences).tell([Paragraph(str(held), Role.STRONG)])
        rows = _rows(kept) if applies else []
        checks = self.query_one(CheckList)
        checks.display = bool(rows)
        checks.show(rows)
        page = title_of(PageName(kept.page)) if kept.page in list(PageName) else title_of(PageName.WELCOME)
        words = (_LOST if self._lost else _OPEN).format(page) if asks else _BUSY
        self.query_one("#outcome", Sentences).tell([Paragraph(words)])
        self._offer((_TAKE_BACK if self._lost else _TAKE) if asks else _WAIT)

    def _offer(self, choices: Sequence[Choice]) -> None:
        quits = self._bench.kit.alone
        offered = [Choice(each.key, _LATER.get(each.key, each.label)) if quits else each for each in choices]
        if self._choices.labels() != [choice.label for choice in offered]:
            self._choices.offer(offered)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        if event.key == "later":
            self._end(Then.LATER)
        elif not self._taking:
            self._taking = True
            self.run_worker(self._take_over(), group="look", exclusive=True)

    async def _take_over(self) -> None:
        try:
            unchanged = await self._bench.take_over()
        except QuantixError as error:
            self._tell_problem(error.problem)
        else:
            self._end(Then.ON if unchanged else Then.ANEW)
        self._taking = False

    def _tell_problem(self, problem: Problem) -> None:
        self.query_one("#outcome", Sentences).tell([Paragraph(problem.message, Role.BAD), Paragraph(problem.hint)])

    def action_back(self) -> None:
        self._end(Then.LATER)

    def _end(self, then: Then) -> None:
        if self._looker is not None:
            self._looker.stop()
        self.close(then)

    @property
    def _choices(self) -> Choices:
        return self.query_one(Choices)


def _rows(kept: SetupState) -> list[CheckRow]:
    """The steps as far as they have come."""
    rows: list[CheckRow] = []
    done = kept.applied()
    running = False
    for name, _ in answered(kept.answers):
        title = name.value.capitalize()
        if name in done:
            rows.append(CheckRow("OK", title, "done", "", Role.GOOD))
        else:
            rows.append(CheckRow("...", title, "" if running else "now", "", Role.DIM if running else Role.STRONG))
            running = True
    return rows
