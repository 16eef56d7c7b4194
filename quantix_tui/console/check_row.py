"""How one check stands on a line: mark, name, what was learnt or what is wrong, time."""

from dataclasses import dataclass

from quantix_tui.cluster.checks import CheckResult, Outcome
from quantix_tui.console import glyphs, words
from quantix_tui.console.lines import Role


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One line: mark, what is checked, what was learnt, how long it took."""

    mark: str
    name: str
    told: str
    time: str
    role: Role


def known_row(result: CheckResult) -> CheckRow:
    """The line of a check that is done."""
    time = words.elapsed(result.duration_ms)
    told = result.problem.message if result.problem else result.learnt
    match result.outcome:
        case Outcome.PASS:
            return CheckRow("OK", result.name, result.learnt, time, Role.GOOD)
        case Outcome.WARN:
            return CheckRow(glyphs.MARK_WARN, result.name, told, time, Role.WARN)
        case Outcome.SKIPPED:
            return CheckRow("-", result.name, result.learnt or "not checked", "", Role.DIM)
        case Outcome.COULD_NOT_RUN:
            return CheckRow("?", result.name, told, time, Role.WARN)
        case Outcome.FAIL:
            return CheckRow("FAIL", result.name, told, time, Role.BAD)
