"""Files that are either the old one or the new one, whenever the power fails. Made of single system calls."""

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from quantix_tui.config.paths import temporary

MAX_SIZE = 1 << 20
"""Bytes. A configuration is a few kilobytes; what is larger is not one."""
LOCK_WAIT_SECS = 5.0
_LOCK_POLL_SECS = 0.02


class LockBusy(OSError):
    """Another program kept the lock for longer than anyone waits."""


class ChangedMeanwhile(OSError):
    """The file is no longer the one that was read."""


class NotConfirmed(OSError):
    """The new file has its name, but the disk did not confirm that it will keep it."""


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was read: its content and what a replacement keeps of it."""

    data: bytes
    mode: int
    uid: int
    gid: int


@contextmanager
def locked(path: str, wait_secs: float = LOCK_WAIT_SECS) -> Iterator[None]:
    """Hold the lock file ``path``, which stays. Raises :class:`LockBusy` after ``wait_secs``, else OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        _lock(descriptor, path, time.monotonic() + wait_secs)
        yield
    finally:
        try:
            os.close(descriptor)
        except OSError as error:
            # The lock is gone all the same, and nothing was written through this descriptor.
            _warn("closing the lock", path, error)


def _lock(descriptor: int, path: str, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise LockBusy(errno.EBUSY, "the lock is held", path) from None
            time.sleep(_LOCK_POLL_SECS)
        else:
            return


def read_file(path: str) -> FileState | None:
    """Read a regular file of at most :data:`MAX_SIZE` bytes, None when there is none. Raises OSError."""
    try:
        # Not blocking: a named pipe in its place must not hang the node.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        facts = os.fstat(descriptor)
        if stat.S_ISDIR(facts.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        data = _read_all(descriptor)
    finally:
        os.close(descriptor)
    if len(data) > MAX_SIZE:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return FileState(data, stat.S_IMODE(facts.st_mode), facts.st_uid, facts.st_gid)


def _read_all(descriptor: int) -> bytes:
    data = bytearray()
    while len(data) <= MAX_SIZE and (part := os.read(descriptor, 1 << 16)):
        data += part
    return bytes(data)


def replace_file(path: str, data: bytes, previous: FileState | None = None, backup: str | None = None) -> None:
    """Give ``path`` the content ``data``; the caller holds the lock and has followed symbolic links.

    Mode and owner are those of ``previous``, or 0600 and this process's. With ``backup``, ``previous`` is
    kept there, and the file must still be as it was read. Raises OSError with the old file in place,
    or :class:`NotConfirmed` with the new one.
    """
    new = temporary(path)
    try:
        _write(new, data, previous)
        if backup is not None:
            if previous is not None:
                _keep(backup, previous)
            if read_file(path) != previous:
                raise ChangedMeanwhile(errno.EAGAIN, "the file was changed meanwhile", path)
        os.rename(new, path)
    except OSError:
        discard(new)
        raise
    _confirm(path)


def _keep(path: str, previous: FileState) -> None:
    try:
        replace_file(path, previous.data, previous)
    except NotConfirmed as error:
        # About the backup alone: the file itself has not been touched yet.
        raise OSError(error.errno, error.strerror, path) from error


def remove_file(path: str) -> None:
    """Remove a file that may be missing. Raises OSError."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return


def remove_durably(path: str) -> None:
    """Remove a file that may be missing. Raises OSError, or :class:`NotConfirmed` when it is gone but may return."""
    remove_file(path)
    _confirm(path)


def _confirm(path: str) -> None:
    try:
        sync_directory(os.path.dirname(path))
    except OSError as error:
        raise NotConfirmed(error.errno, error.strerror, path) from error


def sync_directory(path: str) -> None:
    """Make the names in a directory durable. Raises OSError."""
    descriptor = os.open(path or ".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder and say so (fsync(2)): there is nothing more to do.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def _write(path: str, data: bytes, like: FileState | None) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        if like is not None:
            # The owner first: changing it takes the set-user-id bits away. A plain user may not even name it.
            made = os.fstat(descriptor)
            if (made.st_uid, made.st_gid) != (like.uid, like.gid):
                os.fchown(descriptor, like.uid, like.gid)
            os.fchmod(descriptor, like.mode)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
        os.lseek(descriptor, 0, os.SEEK_SET)
        if _read_all(descriptor) != data:
            raise OSError(errno.EIO, "the file does not hold what was written", path)
    finally:
        os.close(descriptor)


def discard(path: str) -> None:
    """Remove what a failed save wrote."""
    try:
        remove_file(path)
    except OSError as error:
        # The reason that brought us here is the one to report; the next start removes what is left.
        _warn("removing", path, error)


def _warn(what: str, path: str, error: OSError) -> None:
    # Imported here: it is hardly ever needed, and whoever only reads a secret starts faster without it.
    import logging

    logging.getLogger(__name__).warning("%s %s: %s", what, path, error)
