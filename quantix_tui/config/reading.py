"""Read several files as they were at one moment, without a lock, and remember them while they stay the same."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from quantix_tui.config.atomic import locked

T = TypeVar("T")

Signature = tuple[tuple[int, int, int, int, int] | None, ...]

_ATTEMPTS = 5
# A second change within one tick of the file system's clock (up to 10 ms) cannot be told from the first.
_SETTLED_NS = 50_000_000


def signature(files: Sequence[str]) -> Signature:
    """What changes whenever one of the files does. Raises OSError."""
    return tuple(_facts(file) for file in files)


def consistent(files: Sequence[str], read: Callable[[], T], lock: str) -> T:
    """The result of ``read`` with none of ``files`` changing meanwhile. Raises OSError.

    Under steady changes the lock is taken, which keeps the writers out.
    """
    for _ in range(_ATTEMPTS):
        before = signature(files)
        value = read()
        if signature(files) == before:
            return value
    with locked(lock):
        return read()


class Remembered(Generic[T]):
    """The last result of reading one set of files, good for as long as the files are the same."""

    def __init__(self) -> None:
        self._kept: tuple[Signature, T] | None = None

    def get(self, files: Sequence[str], read: Callable[[], T]) -> T:
        """Raises what ``read`` raises, and OSError."""
        seen = signature(files)
        kept = self._kept
        if kept is not None and kept[0] == seen:
            return kept[1]
        value = read()
        if _settled(seen) and signature(files) == seen:
            self._kept = seen, value
        return value


def _facts(path: str) -> tuple[int, int, int, int, int] | None:
    try:
        facts = os.stat(path)
    except FileNotFoundError:
        return None
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _settled(seen: Signature) -> bool:
    newest = max((facts[4] for facts in seen if facts is not None), default=0)
    # Either way: where the clock is behind the file, a change from now on has another time too.
    return abs(time.time_ns() - newest) > _SETTLED_NS
