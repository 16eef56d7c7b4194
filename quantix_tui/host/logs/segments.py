"""The parts of a plain log: the file that is written, and the ones that were rotated away and are still there."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_ROTATED = re.compile(r"(?:[.-]\d+)+")
"""``messages.1`` and ``messages.0`` (logrotate, busybox), ``messages-20261124``; compressed ones are left alone."""


@dataclass(frozen=True, slots=True)
class Segment:
    """``inode`` stays when the file is renamed by a rotation."""

    path: str
    inode: int
    size: int


def segments(path: str) -> list[Segment]:
    """All parts of the log, the newest first. Raises OSError when the file itself cannot be asked for."""
    folder, name = os.path.split(path)
    current = os.stat(path)
    found: list[tuple[float, Segment]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(name) and _ROTATED.fullmatch(entry.name[len(name) :]) and entry.is_file():
                status = entry.stat()
                found.append((status.st_mtime, Segment(entry.path, status.st_ino, status.st_size)))
    found.sort(key=lambda item: item[0], reverse=True)
    return [Segment(path, current.st_ino, current.st_size), *(segment for _, segment in found)]


@contextmanager
def opened(path: str) -> Iterator[int]:
    """A descriptor for reading. Raises OSError, also for what is no file: it might never answer."""
    descriptor = open_log(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_log(path: str) -> int:
    """The same, to be closed by the caller."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a file")
    return descriptor
