"""The window over a long log: whatever is done to it, its rows are one piece of the log, and few."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quantix_tui.console import logwindow
from quantix_tui.console.logwindow import LogWindow
from quantix_tui.host.logs.entry import Batch, Entry, Page

HEIGHT = 5


def entries(first: int, end: int) -> tuple[Entry, ...]:
    return tuple(Entry(str(number), None, 6, "p", f"line {number}") for number in range(max(0, first), end))


class Log:
    """Lines 0 .. ``end``, read in pages of 20."""

    def __init__(self) -> None:
        self.end = 300

    def older(self, before: str | None) -> Page:
        end = self.end if before is None else int(before)
        page = entries(end - 20, end)
        return Page(page, page[0].place if page and page[0].place != "0" else None)

    def newer(self, after: str) -> Page:
        first = int(after) + 1
        page = entries(first, min(self.end, first + 20))
        return Page(page, page[-1].place if len(page) == 20 else None)


def slide(window: LogWindow, log: Log) -> None:
    while window.wants_older(HEIGHT):
        window.put_before(log.older(window.older))
    while window.wants_newer(HEIGHT):
        assert window.newer is not None
        window.put_after(log.newer(window.newer))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(acts=st.lists(st.one_of(st.integers(-60, 60), st.sampled_from(["grow", "flood"])), max_size=40))
def test_the_rows_are_one_piece_of_the_log(monkeypatch: pytest.MonkeyPatch, acts: list[int | str]) -> None:
    monkeypatch.setattr(logwindow, "MOST", 60)
    log, window = Log(), LogWindow()
    tail = log.older(None)
    window.begin(tail.entries, 99, tail.reached, None)
    for act in acts:
        if isinstance(act, int):
            window.move(act)
        else:
            first, skipped = log.end, 500 if act == "flood" else 0
            log.end += 3 + skipped
            if window.at_end:
                window.follow(Batch(entries(first + skipped, log.end), skipped))
                assert window.chosen == entries(log.end - 1, log.end)[0]
            else:
                window.there_is_more()
        window.keep_in_sight(HEIGHT)
        slide(window, log)
        numbers = [int(entry.place) for entry in window.rows]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert len(numbers) <= 60
        assert window.top <= window.at < window.top + HEIGHT
        # What is beyond the rows can be read on to, and nothing is promised that is not there.
        assert (window.older is None) == (numbers[0] == 0)
        assert window.newer is not None or numbers[-1] == log.end - 1


def test_a_line_that_was_finished_later_takes_its_own_place() -> None:
    window = LogWindow()
    window.begin((*entries(0, 1), Entry("1", None, 6, "p", "hal")), 1, None, None)
    window.follow(Batch(entries(1, 3)))
    assert [entry.message for entry in window.rows] == ["line 0", "line 1", "line 2"]


def test_a_flood_of_which_nothing_is_known_pauses() -> None:
    window = LogWindow()
    window.begin(entries(0, 3), 2, None, None)
    window.follow(Batch((), 9999))
    assert (window.newer, window.at_end) == ("2", False)
