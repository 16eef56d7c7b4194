"""Review, apply, done."""

from collections.abc import Iterator
from contextlib import aclosing

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.commands.setup import say_progress
from quantix_tui.console.screens.wizard.applying import STOPPED, stopped_words
from quantix_tui.console.screens.wizard.bench import PageName
from quantix_tui.console.screens.wizard.done import done_lines, reach_now
from quantix_tui.console.screens.wizard.pages import title_of
from quantix_tui.console.screens.wizard.review import DONE_ALREADY, NOTHING
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.line_mode.wizard.desk import Desk
from quantix_tui.line_mode.wizard.questions import Questions
from quantix_tui.setup.apply import Ended
from quantix_tui.setup.review import Reviewed
from quantix_tui.setup.saving import save_answers
from quantix_tui.setup.steps import StepName

_LATER = Choice("later", "finish later")
_PARTS = [PageName(step.value) for step in StepName]


def review(desk: Desk, questions: Questions) -> PageName | None:
    """What comes next; None: nothing now."""
    bench, talk = desk.bench, desk.talk
    if bench.faults:
        fault = bench.faults[0]
        talk.say(str(fault))
        return PageName(str(fault.place[0]))
    talk.show([row for step in desk.wait(bench.review()) for row in _rows(step, done=step.name in bench.applied)])
    change = [Choice(page.value, f"change {title_of(page).lower()}") for page in _PARTS]
    acts = (Choice("apply", "make these changes"), *change, Choice("save", "save answers, without secrets"), _LATER)
    while True:
        match questions.choose("What now", acts, ""):
            case "save":
                path = save_answers(bench.means, bench.answers)
                talk.say(f"Saved without secrets: {path}")
            case "apply":
                bench.asked_to_apply = True
                return PageName.APPLY
            case "later":
                return None
            case page:
                return PageName(page)


def _rows(step: Reviewed, *, done: bool) -> Iterator[str]:
    """A step with what it will do. No frames: somebody may have them read out."""
    yield f"{title_of(PageName(step.name.value))}:"
    if done or not step.acts:
        yield f"  {DONE_ALREADY if done else NOTHING}"
        return
    for act in step.acts:
        yield f"  {act.what}"
        yield from (f"    {line}" for line in act.lines)


def apply(desk: Desk, questions: Questions) -> PageName | None:
    """What comes next; None: nothing now."""
    bench, talk = desk.bench, desk.talk
    if bench.faults:
        fault = bench.faults[0]
        talk.say(str(fault))
        return PageName(str(fault.place[0]))
    asked, bench.asked_to_apply = bench.asked_to_apply, False
    failed: StepName | None = None
    problem: Problem | None = None
    if asked:
        failed, problem = desk.wait(_applied(desk))
        if problem is None:
            return PageName.DONE
    elif bench.failed is not None:
        failed, problem = bench.failed.name, bench.failed.problem
        talk.say(stopped_words(bench.failed))
    if problem is None:
        talk.say(STOPPED)
        acts = (Choice("apply", "go on"), Choice(PageName.REVIEW.value, "review"), _LATER)
    else:
        talk.say(problem.message, problem.hint)
        mend = PageName(failed.value) if failed else PageName.REVIEW
        acts = (Choice("apply", "try again"), Choice(mend.value, f"mend {title_of(mend).lower()}"), _LATER)
    match questions.choose("What now", acts, ""):
        case "later":
            return None
        case page:
            bench.asked_to_apply = page == PageName.APPLY.value
            return PageName(page)


async def _applied(desk: Desk) -> tuple[StepName | None, Problem | None]:
    """The step that failed, and why."""
    try:
        async with aclosing(desk.bench.apply()) as steps:
            async for progress in steps:
                say_progress(progress)
                if isinstance(progress, Ended) and progress.problem is not None:
                    return progress.name, progress.problem
    except QuantixError as error:
        return None, error.problem
    return None, None


def done(desk: Desk) -> None:
    desk.show(done_lines(desk.bench.answers, reach_now(desk.bench)))
