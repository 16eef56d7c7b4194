"""A machine's files below a root folder: read, and changed all together or not at all.

The root is another machine's ``/``: a link in it, however it is written, leads to somewhere in it.
"""

import errno
import os
import stat
from collections.abc import Callable, Sequence

from quantix_tui.host.files.changes import Change, Edit, File, Link, Move, Put, Remove, RemoveFolder, State, Sweep

_NEW = ".quantix-new"
_OLD = ".quantix-old"
_MOST_LINKS = 40
_FOLDER_MODE = 0o755
_MOST_BYTES = 1 << 20

Undo = Callable[[], None]


class Tree:
    """Paths are absolute, as that machine sees them."""

    def __init__(self, root: str = "/") -> None:
        self.root = os.path.abspath(root)

    def real(self, path: str, *, follow: bool = False) -> str:
        """Where ``path`` is on this machine. Its last part is followed only with ``follow``. Raises OSError."""
        parts = path.split("/")[::-1]
        found: list[str] = []
        links = 0
        while parts:
            part = parts.pop()
            if part in ("", "."):
                continue
            if part == "..":
                del found[-1:]
                continue
            here = os.path.join(self.root, *found, part)
            if (parts or follow) and os.path.islink(here):
                links += 1
                if links > _MOST_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
                target = os.readlink(here)
                if target.startswith("/"):
                    found = []
                parts += target.split("/")[::-1]
                continue
            found.append(part)
        return os.path.join(self.root, *found)

    def read(self, path: str, *, follow: bool = False) -> State:
        """What stands at ``path``. Raises OSError, also when that is neither a file nor a link."""
        real = self.real(path, follow=follow)
        try:
            facts = os.lstat(real)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if stat.S_ISLNK(facts.st_mode):
            return Link(os.readlink(real))
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        if facts.st_size > _MOST_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
        with open(real, "rb") as file:
            return File(file.read(), stat.S_IMODE(facts.st_mode))

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted; none when there is no such folder. Raises OSError."""
        try:
            return sorted(os.listdir(self.real(folder, follow=True)))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(self.real(path, follow=True))

    def missing_folders(self, paths: Sequence[str]) -> list[str]:
        """The folders that would have to be made for files at ``paths``, the outer ones first."""
        missing: list[str] = []
        for path in paths:
            parts = os.path.dirname(path).strip("/").split("/")
            for count in range(1, len(parts) + 1):
                folder = "/" + "/".join(parts[:count])
                if folder not in missing and not self.is_folder(folder):
                    missing.append(folder)
        return missing

    def unfinished(self, folders: Sequence[str]) -> list[str]:
        """What an :meth:`apply` that was cut short has left in ``folders``; of no use to anybody. Raises OSError."""
        return [f"{folder}/{name}" for folder in folders for name in self.names(folder) if name.endswith((_NEW, _OLD))]

    def folders(self, path: str) -> list[str]:
        """The folder at ``path`` and all below it; no link is followed, and what cannot be read has none."""
        top = self.real(path)
        found = [os.path.relpath(folder, top) for folder, _, _ in os.walk(top)]
        return [path if below == "." else f"{path}/{below}" for below in found]

    def apply(self, changes: Sequence[Change]) -> list[Change]:
        """Do all of them, in their order; returns what was done. Raises OSError with the tree as it was before.

        A folder that should go but is not empty stays.
        """
        for change in changes:
            if isinstance(change, Sweep):
                _remove_if_there(self.real(change.path))
        undos: list[Undo] = []
        leftovers: list[str] = []
        try:
            # Everything that a full disk can refuse comes first: what follows only gives names and takes them.
            staged = [self._stage(change, undos) for change in changes]
            for change, new in zip(changes, staged, strict=True):
                self._commit(change, new, undos, leftovers)
        except OSError:
            for undo in reversed(undos):
                undo()
            raise
        for path in leftovers:
            os.unlink(path)
        done = [c for c in changes if not isinstance(c, RemoveFolder) or self._remove_folder(c.path)]
        for folder in {os.path.dirname(self.real(change.path)) for change in changes}:
            _sync_folder(folder)
        return done

    def _stage(self, change: Change, undos: list[Undo]) -> str | None:
        """Write what will stand there under another name beside it; the name."""
        if isinstance(change, Put):
            self._make_folders(change.path, undos)
            real, state = self.real(change.path), change.state
            before = _facts(real)
        elif isinstance(change, Edit):
            real = self.real(change.path, follow=True)
            before = os.lstat(real)
            state = File(change.data, stat.S_IMODE(before.st_mode))
        else:
            return None
        new = real + _NEW
        _remove_if_there(new)  # Of an attempt that the power cut short.
        undos.append(lambda: _remove_if_there(new))
        if isinstance(state, Link):
            os.symlink(state.target, new)
        else:
            _write(new, state, before)
        return new

    def _make_folders(self, path: str, undos: list[Undo]) -> None:
        for folder in self.missing_folders([path]):
            real = self.real(folder)
            os.mkdir(real)
            # mypy infers no type for a lambda with a default, and the default is what keeps this round's folder.
            undos.append(lambda real=real: os.rmdir(real))  # type: ignore[misc]
            os.chmod(real, _FOLDER_MODE)

    def _commit(self, change: Change, new: str | None, undos: list[Undo], leftovers: list[str]) -> None:
        if isinstance(change, RemoveFolder | Sweep):
            return
        real = self.real(change.path, follow=isinstance(change, Edit))
        if isinstance(change, Move):
            to = self.real(change.to)
            self._keep_old(to, undos, leftovers)
            os.rename(real, to)
            undos.append(lambda: os.rename(to, real))
        elif isinstance(change, Remove):
            old = real + _OLD
            os.rename(real, old)
            undos.append(lambda: os.rename(old, real))
            leftovers.append(old)
        elif new is not None:
            kept = self._keep_old(real, undos, leftovers)
            os.rename(new, real)
            if not kept:
                undos.append(lambda: os.unlink(real))

    def _keep_old(self, real: str, undos: list[Undo], leftovers: list[str]) -> bool:
        """A second name for what is about to be replaced: to put back costs no space. False: nothing is there."""
        if not os.path.lexists(real):
            return False
        old = real + _OLD
        _remove_if_there(old)
        os.link(real, old, follow_symlinks=False)
        undos.append(lambda: _put_back(old, real))
        leftovers.append(old)
        return True

    def _remove_folder(self, path: str) -> bool:
        try:
            os.rmdir(self.real(path))
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR):
                raise
            return False
        return True


def _facts(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


def _write(path: str, file: File, like: os.stat_result | None) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        if like is not None and (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(descriptor, like.st_uid, like.st_gid)
        os.fchmod(descriptor, file.mode)
        rest = memoryview(file.data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put_back(old: str, real: str) -> None:
    os.rename(old, real)
    # To rename a file over another name of itself does nothing (rename(2)).
    _remove_if_there(old)


def _remove_if_there(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return


def _sync_folder(path: str) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return  # It went with what was in it.
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
