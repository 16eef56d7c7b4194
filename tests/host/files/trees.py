"""Trees of files to work on, pictures of them to compare, and faults on the way."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quantix_tui.host.files.tree import Tree

Picture = dict[str, tuple[object, ...]]

CALLS = ("rename", "link", "symlink", "unlink", "mkdir", "open", "fsync", "write")
"""The system calls that change a tree."""


class PowerCut(BaseException):
    """Nothing runs after it."""


def picture(root: Path) -> Picture:
    """Everything below ``root``: kind, mode, owner, content."""
    found: Picture = {}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            facts = os.lstat(path)
            if stat.S_ISLNK(facts.st_mode):
                what: tuple[object, ...] = ("link", os.readlink(path))
            elif stat.S_ISDIR(facts.st_mode):
                what = ("folder", stat.S_IMODE(facts.st_mode), facts.st_uid, facts.st_gid)
            else:
                data = Path(path).read_bytes()
                what = ("file", stat.S_IMODE(facts.st_mode), facts.st_uid, facts.st_gid, facts.st_nlink, data)
            found[os.path.relpath(path, root)] = what
    return found


def put(root: Path, path: str, content: str = "", mode: int = 0o644) -> None:
    """A file of a machine."""
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    file.chmod(mode)


def link(root: Path, path: str, target: str) -> None:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(target)


@contextmanager
def failing_at(count: int, error: BaseException) -> Iterator[None]:
    """The system call number ``count`` of :mod:`tree`, counted from 0, raises ``error`` instead of doing its work."""
    left = [count]

    class Failing:
        def __getattr__(self, name: str) -> object:
            real = getattr(os, name)
            if name not in CALLS:
                return real

            def call(*words: object, **more: object) -> object:
                left[0] -= 1
                if left[0] == -1:
                    raise error
                return real(*words, **more)

            return call

    module = sys.modules[Tree.__module__]
    module.os = Failing()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        module.os = os  # type: ignore[attr-defined]
