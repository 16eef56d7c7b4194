"""Lines of the log daemons that nodes have, taken apart."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from quantix_tui.host.logs.textline import TextLine, take_apart

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
TODAY = datetime(2026, 1, 2, 11, 59, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Jan  2 11:59:01 node7 sshd[123]: Accepted key", TextLine(TODAY, None, "sshd", "Accepted key")),
        ("Jan  2 11:59:01 alpine daemon.err dnsmasq[1]: no lease", TextLine(TODAY, 3, "dnsmasq", "no lease")),
        ("Jan  2 11:59:01 auth.warn sudo: no", TextLine(TODAY, 4, "sudo", "no")),
        ("<11>Jan  2 11:59:01 node7 app: words", TextLine(TODAY, 3, "app", "words")),
        ("Jan  2 11:59:01 node7 kernel: [ 1.0] eth0: up", TextLine(TODAY, None, "kernel", "[ 1.0] eth0: up")),
        ("Jan  2 11:59:01 node7 -- MARK --", TextLine(TODAY, None, "", "-- MARK --")),
        ("2026-01-02T11:59:01+00:00 node7 qemu[9]: x: y", TextLine(TODAY, None, "qemu", "x: y")),
        ("2026-01-02T11:59:01Z WARN limiquantix_node: slow", TextLine(TODAY, 4, "", "limiquantix_node: slow")),
        ("2026-01-02 11:59:01,000 ERROR it failed", TextLine(TODAY, 3, "", "it failed")),
        ("[2026-01-02 11:59:01] [debug] words", TextLine(TODAY, 7, "", "words")),
        ("WARNING heartbeat lost", TextLine(None, 4, "", "heartbeat lost")),
        ("error is a word like others", TextLine(None, None, "", "error is a word like others")),
        ("Traceback (most recent call last):", TextLine(None, None, "", "Traceback (most recent call last):")),
        ("Jan 99 11:59:01 node7 p: words", TextLine(None, None, "", "Jan 99 11:59:01 node7 p: words")),
        ("", TextLine(None, None, "", "")),
    ],
)
def test_known_formats(line: str, told: TextLine) -> None:
    assert take_apart(line, NOW) == told


@pytest.mark.parametrize(
    ("stamp", "year"),
    [("Jan  3 11:00:00", 2026), ("Jan  4 11:00:00", 2025), ("Dec 31 23:59:59", 2025), ("Feb 29 01:00:00", 2024)],
)
def test_a_year_that_is_not_written_is_the_last_possible_one(stamp: str, year: int) -> None:
    time = take_apart(f"{stamp} node7 p: x", NOW).time
    assert time is not None
    assert time.year == year


def test_the_zone_of_the_line_counts() -> None:
    time = take_apart("2026-01-02T13:59:01+02:00 node7 p: x", NOW.astimezone(timezone(timedelta(hours=5)))).time
    assert time == TODAY
