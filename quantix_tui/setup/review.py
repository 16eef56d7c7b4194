"""Everything that will be changed, exactly, as it is shown before it is done. Secrets are masked."""

from dataclasses import dataclass

from quantix_tui.cluster.text import harmless
from quantix_tui.host.files.changes import Change, Edit, File, Put
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.work import Command, Work
from quantix_tui.setup.answers import Answers
from quantix_tui.setup.steps import Step, StepName, answered, make_step

MASKED = "(a secret: not shown)"
MOST_LINES = 2000
_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that will be done. ``lines``: a new file's text, or what changes in one (``+`` and ``-`` before it)."""

    what: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a step will do; nothing, where the machine is as wanted already."""

    name: StepName
    acts: tuple[Act, ...]


def review(answers: Answers, tree: Tree) -> tuple[Reviewed, ...]:
    """All steps, by the machine as it is now. Blocking. Raises :class:`QuantixError`, OSError."""
    return tuple(Reviewed(name, acts_of(make_step(name, answers, tree), tree)) for name, _ in answered(answers))


def acts_of(step: Step, tree: Tree) -> tuple[Act, ...]:
    if step.join is not None:
        restart = (Act("restart the node daemon, which then registers"),) if tree.root == "/" else ()
        return (Act(f"check {step.join.address}, then save it with the token: {MASKED}"), *restart)
    work = step.work
    return (
        *map(_run, work.before),
        *(_changed(change, work, tree) for change in work.changes),
        *map(_run, work.after),
    )


def _run(command: Command) -> Act:
    given = f", its standard input: {MASKED}" if command.given is not None else ""
    return Act(f"run {harmless(str(command), 300)}{given}")


def _changed(change: Change, work: Work, tree: Tree) -> Act:
    if isinstance(change, Edit):
        path, data = change.path, change.data
    elif isinstance(change, Put) and isinstance(change.state, File):
        path, data = change.path, change.state.data
    else:
        return Act(str(change))
    if path in work.hidden:
        return Act(str(change), (MASKED,))
    before = tree.read(path, follow=isinstance(change, Edit))
    return Act(str(change), _difference(before.data if isinstance(before, File) else None, data))


def _difference(before: bytes | None, after: bytes) -> tuple[str, ...]:
    new = _lines(after)
    if before is None:
        return tuple(new[:MOST_LINES])
    # Imported here: a review comes once, at the end.
    from difflib import unified_diff

    changed = list(unified_diff(_lines(before), new, n=_CONTEXT, lineterm=""))[3:]
    # The numbers of the lines are for programs.
    return tuple(" ..." if line.startswith("@@") else line for line in changed[:MOST_LINES])


def _lines(data: bytes) -> list[str]:
    return [_shown(line) for line in data.decode("utf-8", "replace").splitlines()[:MOST_LINES]]


def _shown(line: str) -> str:
    """The line with its indentation, harmless otherwise."""
    bare = line.lstrip()
    return line[: len(line) - len(bare)].expandtabs(4) + harmless(bare, 400)
