"""The two clocks of the console: ages follow the monotonic one, which no time step touches."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

BUILT_AFTER = 2025
"""No clock that is right shows an earlier year; one that lost its battery does."""


def _wall() -> datetime:
    # The C library looks at /etc/localtime anew only when it is told to (tzset(3)); microseconds while it is the same.
    time.tzset()
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Clock:
    """``monotonic`` in seconds; ``wall`` with the local time zone."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = _wall


def clock_words(wall: datetime) -> str:
    """What the heading says of the time: with the date, where it cannot be right. Certificates fail by a wrong one."""
    return f"{wall:%H:%M}" if wall.year >= BUILT_AFTER else f"clock wrong: {wall:%Y-%m-%d %H:%M}"
