"""The time that the screen shows."""

import time
from datetime import timedelta

import pytest

from quantix_tui.console.clock import Clock


def test_the_clock_follows_a_timezone_that_is_set_while_the_console_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        for zone, hours in (("Asia/Tokyo", 9), ("UTC", 0)):
            patched.setenv("TZ", zone)
            assert Clock().wall().utcoffset() == timedelta(hours=hours)
    time.tzset()
