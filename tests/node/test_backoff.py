"""The pace, proved over all its inputs."""

from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.cluster.status import MAX_HEARTBEAT_INTERVAL_SECS
from quantix_tui.node.backoff import MAX_RETRY_AFTER, Backoff, heartbeat_interval

chances = st.floats(0, 1)
failures = st.integers(0, 10**6)
seconds = st.floats(0.001, 1e9)


def test_the_ceilings_of_a_real_node_are_the_documented_ones() -> None:
    assert [Backoff().ceiling(n) for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


@given(failures, chances)
def test_a_wait_is_never_longer_than_its_ceiling_nor_the_cap(failed: int, chance: float) -> None:
    backoff = Backoff()
    assert 0 <= backoff.delay(failed, chance) <= backoff.ceiling(failed) <= backoff.cap


@given(failures)
def test_ceilings_never_shrink(failed: int) -> None:
    assert Backoff().ceiling(failed) <= Backoff().ceiling(failed + 1)


@given(failures)
def test_jitter_is_full(failed: int) -> None:
    backoff = Backoff()
    assert backoff.delay(failed, 0.0) == 0
    assert backoff.delay(failed, 1.0) == backoff.ceiling(failed)


@given(failures, chances, seconds)
def test_nobody_comes_earlier_than_asked_nor_stays_away_for_ever(failed: int, chance: float, asked: float) -> None:
    wait = Backoff().delay(failed, chance, asked)
    assert min(asked, MAX_RETRY_AFTER) <= wait <= MAX_RETRY_AFTER + Backoff().cap


@given(chances, st.one_of(st.none(), st.just(0.0), st.floats(max_value=0), st.just(float("nan"))))
def test_nonsense_is_as_good_as_not_asked(chance: float, asked: float | None) -> None:
    assert Backoff().delay(3, chance, asked) == Backoff().delay(3, chance)


@given(st.one_of(st.none(), st.floats()), seconds, st.floats(0.01, 60))
def test_an_interval_is_always_within_its_bounds(asked: float | None, configured: float, floor: float) -> None:
    assert floor <= heartbeat_interval(asked, configured, floor) <= MAX_HEARTBEAT_INTERVAL_SECS


@given(st.floats(1, MAX_HEARTBEAT_INTERVAL_SECS), seconds)
def test_a_sane_interval_is_taken_as_it_is(asked: float, configured: float) -> None:
    assert heartbeat_interval(asked, configured, 1.0) == asked
