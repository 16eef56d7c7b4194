"""The list of the wizard's pages: what is done, where one is, what is to come. A word says it, a mark repeats it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from quantix_tui.console import glyphs
from quantix_tui.console.frames import Pane
from quantix_tui.console.lines import Line, Role, cut
from quantix_tui.console.widgets.panel import Panel

NAME = 13


class Progress(Enum):
    DONE = "done"
    HERE = "here"
    LATER = "later"
    SET = "set"
    """It was done before the wizard came."""
    AGAIN = "again"
    """A secret has to be typed once more."""
    FAILED = "wrong"


_ROLES = {
    Progress.DONE: Role.GOOD,
    Progress.SET: Role.GOOD,
    Progress.HERE: Role.KEY,
    Progress.LATER: Role.DIM,
    Progress.AGAIN: Role.WARN,
    Progress.FAILED: Role.BAD,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A page in the list."""

    title: str
    progress: Progress


class StepsPanel(Panel):
    """All pages with their numbers."""

    def __init__(self) -> None:
        super().__init__(id="steps")
        self._stages: Sequence[Stage] = ()

    def show(self, stages: Sequence[Stage]) -> None:
        self._stages = stages
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        pane = Pane((("SET UP", Role.TITLE),), divided=True)
        return self.look.frame.pane(
            pane, lambda w, h: [self._stage_line(*row) for row in enumerate(self._stages)], width, height
        )

    def _stage_line(self, place: int, stage: Stage) -> Line:
        here = stage.progress is Progress.HERE
        pointer = self.look.signs.pointer if here else " "
        name = Role.STRONG if here else Role.DIM if stage.progress is Progress.LATER else Role.TEXT
        return (
            (pointer, Role.KEY),
            (f"{place + 1} ", name),
            (f"{cut(stage.title, NAME):<{NAME}} ", name),
            (stage.progress.value, _ROLES[stage.progress]),
        )


class PageTitle(Panel):
    """The title of the page, and what it is for in a few words."""

    def __init__(self) -> None:
        super().__init__(id="title")
        self._title = self._words = ""

    def show(self, title: str, words: str) -> None:
        self._title, self._words = title, words
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        room = width - len(self._title) - 4
        words = self._words if len(self._words) <= room else cut(self._words, max(0, room))
        return [((f" {self._title.upper()}", Role.TITLE), (f"  {words}", Role.DIM))]


def more_words(above: bool, below: bool) -> str:
    """What says that there is more than is seen."""
    marks = [glyphs.UP] * above + [glyphs.DOWN] * below
    return f"more {' '.join(marks)}" if marks else ""
