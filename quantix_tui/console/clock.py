"""The two clocks of the console: ages follow the monotonic one, which no time step touches."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


def _wall() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Clock:
    """``monotonic`` in seconds; ``wall`` with the local time zone."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = _wall
