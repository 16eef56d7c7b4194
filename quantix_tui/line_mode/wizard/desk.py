"""What the parts of the wizard have in common while somebody answers them."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from quantix_tui.console.lines import Line, plain, width_of
from quantix_tui.console.screens.wizard.bench import Bench
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.sentences import Told
from quantix_tui.line_mode.talk import WIDTH, Talk
from quantix_tui.setup.answers import Answers
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.steps import StepName

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """``runner`` has the one event loop: the node's gateway lives in it. While an answer is typed nothing runs."""

    talk: Talk
    bench: Bench
    runner: asyncio.Runner

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Raises what ``work`` raises, and KeyboardInterrupt on Ctrl-C."""
        return self.runner.run(work)

    def faults(self, answers: Answers, step: StepName, *place: str) -> Sequence[Fault]:
        """What would be wrong with these answers at ``place`` in the section of ``step``."""
        where = (step.value, *place)
        found = self.bench.faults_with(answers, step)
        return [fault for fault in found if fault.place[: len(where)] == where]

    def show(self, told: Sequence[Told]) -> None:
        """What stands on a page of the screens, line by line."""
        for item in told:
            if isinstance(item, Paragraph):
                self.talk.say(item.text)
            elif callable(item):
                self.show_lines(item(WIDTH))
            else:
                self.show_lines([item])

    def show_lines(self, lines: Sequence[Line]) -> None:
        for line in lines:
            if width_of(line) <= WIDTH:
                self.talk.show([plain(line).rstrip()])
            else:
                self.talk.say(plain(line))
