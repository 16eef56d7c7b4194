"""Child processes that never outlive their parent."""

import ctypes
import os
import signal
from collections.abc import Callable, Mapping

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported or allocated at length.
_LIBC = ctypes.CDLL(None)


def dies_with_parent() -> Callable[[], None]:
    """A ``preexec_fn`` that has the kernel end the child (SIGTERM) when this process ends, however it ends.

    Holds across exec, so also when the child executes itself anew (prctl(2), PR_SET_PDEATHSIG).
    """
    parent = os.getpid()

    def before_exec() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # the parent was gone before the kernel was asked

    return before_exec


def own_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """``environment`` without what points our programs at this machine's real node."""
    return {key: value for key, value in environment.items() if not key.startswith("QUANTIX_")}
