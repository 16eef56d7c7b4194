"""What is kept of what was read."""

from quantix_tui.console.view import HISTORY_KEPT, Reading, with_reading


def test_the_history_is_bounded_and_keeps_the_newest() -> None:
    history: tuple[Reading[int], ...] = ()
    for value in range(HISTORY_KEPT + 5):
        history = with_reading(history, Reading(value, value * 10.0))
    assert [reading.value for reading in history] == list(range(5, HISTORY_KEPT + 5))


def test_whoever_asks_again_at_once_does_not_push_the_past_out() -> None:
    history = with_reading((), Reading(1, 0.0))
    history = with_reading(history, Reading(2, 10.0))
    history = with_reading(history, Reading(3, 10.5))
    assert [reading.value for reading in history] == [1, 3]
