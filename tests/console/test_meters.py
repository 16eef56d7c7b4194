"""Gauges and histories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.console.lines import Role, plain
from quantix_tui.console.look import Signs
from quantix_tui.console.looks.console import CONSOLE
from quantix_tui.console.looks.modern import MODERN
from quantix_tui.console.looks.plain import PLAIN
from quantix_tui.console.meters import gauge, level, spark

SIGNS = [look.signs for look in (MODERN, CONSOLE, PLAIN)]


@pytest.mark.parametrize("signs", SIGNS)
@given(st.integers(0, 1000).map(lambda tenths: tenths / 10), st.integers(2, 40))
def test_a_gauge_is_full_only_when_full_and_empty_only_when_empty(signs: Signs, percent: float, cells: int) -> None:
    (filled, _), (rest, _) = gauge(percent, cells, signs)
    assert len(filled) + len(rest) == cells
    assert (filled == signs.full * cells) == (percent == 100)
    assert bool(filled) == (percent > 0)


@given(st.integers(1, 99))
def test_a_gauge_in_eighths_grows_with_every_per_cent(percent: int) -> None:
    assert plain(gauge(percent, 20, MODERN.signs)) != plain(gauge(percent + 1, 20, MODERN.signs))


@pytest.mark.parametrize(("percent", "role"), [(0, Role.GAUGE), (75, Role.GAUGE_WARN), (90, Role.GAUGE_BAD)])
def test_a_high_load_is_told_apart(percent: float, role: Role) -> None:
    assert level(percent) is role


def test_a_history_shows_the_newest_samples_and_invents_none() -> None:
    assert plain(spark([0, 50, 100], 5, MODERN.signs)) == "  ▁▅█"
    assert plain(spark([0, 0, 50, None, 100], 3, MODERN.signs)) == "▅ █"
    assert plain(spark([], 3, MODERN.signs)) == "   "
    assert spark([1, 2], 3, CONSOLE.signs) == ()
