"""A problem told whole in a dialogue: what happened and why, what to do now, and its code for whoever is asked."""

from quantix_tui.cluster.errors import Problem
from quantix_tui.console.clock import Clock
from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.screens.page import PageScreen
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.sentences import Told


class FaultScreen(PageScreen):
    """Never a traceback: a fault of the console itself comes here as a problem too."""

    def __init__(self, title: str, problem: Problem, clock: Clock) -> None:
        super().__init__(title, problem_lines(problem), clock)


def problem_lines(problem: Problem) -> list[Told]:
    code = f"{problem.code} {problem.reason}".strip()
    return [
        Paragraph(problem.message, Role.BAD),
        *((BLANK, Paragraph(problem.hint)) if problem.hint else ()),
        BLANK,
        (("Code  ", Role.DIM), (code, Role.DIM)),
    ]
