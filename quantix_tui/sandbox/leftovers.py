"""Temporary folders of sandboxes that were killed and could not clear up after themselves."""

import contextlib
import fcntl
import os
import shutil
import stat
import time
from pathlib import Path

# A sandbox that starts right now has made its folder, and its marker, but may not have locked it yet.
YOUNGEST_SECS = 60.0


def sweep(parent: Path, prefix: str, marker: str) -> None:
    """Delete this user's folders ``prefix*`` in ``parent`` whose ``marker`` is there and that nobody holds locked.

    One that cannot be opened or deleted is left to the next start: it keeps no sandbox from running.
    """
    for folder in parent.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            _delete_if_left_over(folder, marker)


def _delete_if_left_over(folder: Path, marker: str) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or time.time() - found.st_mtime < YOUNGEST_SECS:
        return
    descriptor = os.open(folder / marker, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(descriptor)
