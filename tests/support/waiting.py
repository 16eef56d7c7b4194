"""Wait for a condition, never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_SECS = 0.01


def wait_until(condition: Callable[[], T | None], what: str, timeout: float = 20.0) -> T:
    """Ask ``condition`` again and again until it gives something true; return that.

    Raises AssertionError naming ``what`` after ``timeout`` seconds.
    """
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"waited {timeout} s in vain for {what}"
        time.sleep(POLL_SECS)
