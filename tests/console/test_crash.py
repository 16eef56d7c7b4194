from textual.worker import WorkerFailed

from quantix_tui.console.crash import ENDED, fatal_problem, report_text


class HiddenError(Exception):
    pass


def raised() -> HiddenError:
    try:
        raise HiddenError("QUANTIX-SECRET-TOKEN")
    except HiddenError as error:
        return error


def test_a_report_tells_what_happened_inside_a_worker() -> None:
    """Textual wraps it, and what it wraps with says nothing of where and what."""
    report = report_text(WorkerFailed(raised()), ENDED)
    assert "HiddenError" in report
    assert "in raised" in report
    assert "SECRET" not in report


def test_a_report_follows_causes_and_ends_where_they_turn_in_a_circle() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert report_text(first, ENDED).count("ValueError") == 1


def test_a_fault_that_ends_the_console_does_not_say_go_on() -> None:
    problem = fatal_problem(WorkerFailed(raised()))
    assert "HiddenError" in problem.message
    assert "Go on" not in problem.hint
    assert "Start the console again" in problem.hint
