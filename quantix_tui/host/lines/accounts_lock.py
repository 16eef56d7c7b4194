"""The lock that usermod, chsh and vipw take before they change the users of this machine (lckpwdf(3))."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

LOCK = "/etc/.pwd.lock"
WAIT_SECS = 15.0
"""As long as lckpwdf(3) waits."""
_POLL_SECS = 0.1


@contextmanager
def locked(path: str = LOCK) -> Iterator[None]:
    """Nobody else changes the users meanwhile. Raises OSError, of which BlockingIOError when somebody does so now."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        end = time.monotonic() + WAIT_SECS
        while True:
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise
                time.sleep(_POLL_SECS)
        yield
    finally:
        os.close(descriptor)
