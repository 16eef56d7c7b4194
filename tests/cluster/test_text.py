"""Hostile text becomes one harmless line."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.cluster.text import dated_times, harmless, spoken_times


@given(st.text(), st.integers(4, 300))
def test_one_bounded_line_without_control_characters(text: str, limit: int) -> None:
    line = harmless(text, limit)
    assert len(line) <= limit
    assert line.isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Quantix-vDC 1.9.2", "Quantix-vDC 1.9.2"),
        ("\x1b]0;owned\x07", "?]0;owned?"),
        ("one\r\ntwo\tthree", "one two three"),
        ("safe\u202eexe.txt", "safe?exe.txt"),
        ("[bold red]markup[/]", "[bold red]markup[/]"),
        ("\u00fcml\u00e4ut \u6f22\u5b57", "\u00fcml\u00e4ut \u6f22\u5b57"),
    ],
)
def test_examples(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_ten_megabytes_cost_nothing() -> None:
    text = "\x1b" * 10_000_000
    start = time.process_time()
    assert len(harmless(text)) == 200
    assert time.process_time() - start < 0.1


NOW = datetime(2026, 1, 7, 9, 41, tzinfo=UTC)


@pytest.fixture
def zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """This process's time zone, for the length of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("stamp", "spoken"),
    [
        ("2026-01-07T09:00:00Z", "09:00, 41 minutes ago"),
        ("2026-01-07T10:00:00.123+01:00", "09:00, 40 minutes ago"),
        ("2026-01-07T09:40:30Z", "09:40, 30 seconds ago"),
        ("2026-01-07T11:41:00Z", "11:41, in 2 hours"),
        ("2026-01-04T09:41:00Z", "09:41 on 2026-01-04, 3 days ago"),
        ("2026-13-07T09:00:00Z", "2026-13-07T09:00:00Z"),
        ("0001-01-01T00:00:00Z", "00:00 on 1-01-01, 739622 days ago"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC"], indirect=True)
@pytest.mark.usefixtures("zone")
def test_times_as_people_say_them(stamp: str, spoken: str) -> None:
    assert spoken_times(f"token expired at {stamp}.", NOW) == f"token expired at {spoken}."


@pytest.mark.parametrize("zone", ["Asia/Tokyo"], indirect=True)
@pytest.mark.usefixtures("zone")
def test_what_is_kept_names_the_day_and_never_an_age() -> None:
    assert dated_times("expired at 2026-01-07T20:00:00Z!") == "expired at 05:00 on 2026-01-08!"
    assert (
        dated_times("2026-13-07T09:00:00Z and 9999-12-31T23:59:59Z") == "2026-13-07T09:00:00Z and 9999-12-31T23:59:59Z"
    )
