"""Runs in which the n-th system call of a save fails, or the process is killed between two."""

import errno
import fcntl
import os
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from quantix_tui.cluster.errors import QuantixError

CALLS = (
    "open", "close", "read", "write", "lseek", "fsync", "fstat", "stat", "lstat", "readlink", "fchmod", "fchown",
    "rename", "replace", "unlink", "link", "ftruncate", "mkdir", "chmod", "chown",
)  # fmt: skip
DONE, NOTHING_SAVED, UNCONFIRMED = "done", "nothing saved", "unconfirmed"


FAILURES = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)
CHANGING = frozenset({"write", "fsync", "fchmod", "fchown", "rename", "replace", "unlink", "link", "mkdir", "chmod"})


@dataclass(frozen=True)
class Fault:
    """What happens at the ``nth`` system call (from 1)."""

    nth: int
    number: int | None = None
    """The errno it fails with; None: the process is killed before it, which is behind the one before."""


@contextmanager
def broken(fault: Fault) -> Iterator[list[str]]:
    """Break one system call of this process. Gives the calls made so far."""
    made: list[str] = []

    def wrapped(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            changing = name in CHANGING or (name == "open" and args[1] & os.O_CREAT)
            made.append(name + "!" if changing else name)
            if len(made) != fault.nth:
                return original(*args, **kwargs)
            if fault.number is None:
                os.kill(os.getpid(), signal.SIGKILL)
                raise AssertionError("still alive")
            if name == "close":
                original(*args)  # Linux closes a descriptor whatever it answers
            raise OSError(fault.number, os.strerror(fault.number))

        return call

    kept = {name: getattr(os, name) for name in CALLS}
    flock = fcntl.flock
    for name, original in kept.items():
        setattr(os, name, wrapped(name, original))
    fcntl.flock = wrapped("flock", flock)
    try:
        yield made
    finally:
        for name, original in kept.items():
            setattr(os, name, original)
        fcntl.flock = flock


def failing(operation: Callable[[], object], nth: int, number: int) -> str:
    """Run ``operation`` with a failure at its ``nth`` system call; what it said: one of the answers below."""
    with broken(Fault(nth, number)):
        try:
            operation()
        except QuantixError as error:
            problem = error.problem
            if problem.reason == "unconfirmed":
                return UNCONFIRMED
            assert problem.message.endswith("Nothing was saved.")
            assert problem.hint
            return NOTHING_SAVED
    return DONE


def traced(operation: Callable[[], object]) -> list[str]:
    """The system calls that ``operation`` makes; those that change something end in ``!``."""
    with broken(Fault(0)) as made:
        operation()
    return made


def fork() -> int:
    with warnings.catch_warnings():
        # The test process may have threads; the child makes system calls and ends, it needs none of their locks.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()
