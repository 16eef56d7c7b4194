"""Small files that are the old one or the new one, and names that are on the disk for certain."""

import os

from quantix_tui.host.files.changes import File, Put
from quantix_tui.host.files.tree import Tree

_MODE = 0o600
_MOST_BYTES = 1 << 20


def read(path: str) -> bytes | None:
    """None when there is no such file. Raises OSError."""
    try:
        with open(path, "rb") as file:
            return file.read(_MOST_BYTES)
    except FileNotFoundError:
        return None


def write(path: str, data: bytes) -> None:
    """Replace it. Raises OSError with the old one in place."""
    Tree().apply([Put(path, File(data, _MODE))])


def remove(path: str) -> None:
    """It may be missing. Raises OSError."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return


def sync_folder(path: str) -> None:
    """Make the names in a folder durable. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
