"""Lengths of time as people say them."""

import pytest

from quantix_tui.cluster.spans import short, spelled


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (47 * 3600, "47 h"),
        (172800, "2 days"),
    ],
)
def test_short(seconds: float, said: str) -> None:
    assert short(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 seconds"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (3600, "1 hour"),
        (90000, "1 day"),
        (1e6, "11 days"),
    ],
)
def test_spelled(seconds: float, said: str) -> None:
    assert spelled(seconds) == said
