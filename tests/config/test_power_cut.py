"""A model of a disk at a power cut: what was not synced may be there or not, in any combination."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from quantix_tui.config.store import ConfigPaths, ConfigStore
from tests.config import test_crashes
from tests.config.operations import Operation, join, join_again, join_elsewhere, leave, register
from tests.config.test_crashes import state

CASES: list[tuple[tuple[Operation, ...], Operation]] = [
    ((), join),
    ((join,), join_again),
    ((join, register), join_elsewhere),
    ((join,), register),
    ((join, register), leave),
]


@dataclass
class Inode:
    durable: bytes = b""
    written: bytes = b""


Names = dict[str, Inode]


@dataclass
class Disk:
    """One folder: what is safely on the disk, and what has been asked for since the folder was last synced."""

    durable: Names
    names: Names
    pending: list[Callable[[Names], None]] = field(default_factory=list)

    def do(self, change: Callable[[Names], None]) -> None:
        change(self.names)
        self.pending.append(change)

    def after_a_power_cut(self) -> Iterator[dict[str, bytes]]:
        """Every state that the disk may come back in."""
        for chosen in product((False, True), repeat=len(self.pending)):
            names = dict(self.durable)
            for change, persisted in zip(self.pending, chosen, strict=True):
                if persisted:
                    change(names)
            for synced_only in (True, False):
                yield {name: inode.durable if synced_only else inode.written for name, inode in names.items()}


def record(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> list[set[tuple[tuple[str, bytes], ...]]]:
    """Follow the system calls of this process on the model. Gives the possible states after each of them."""
    moments: list[set[tuple[tuple[str, bytes], ...]]] = []
    descriptors: dict[int, Inode | None] = {}
    real = {name: getattr(os, name) for name in ("open", "write", "fsync", "rename", "unlink")}

    def remember() -> None:
        moments.append({tuple(sorted(files.items())) for files in disk.after_a_power_cut()})

    def opened(path: Any, flags: int, *rest: Any) -> int:
        descriptor: int = real["open"](path, flags, *rest)
        name = os.path.basename(path)
        if flags & os.O_CREAT and name not in disk.names:
            inode = Inode()
            disk.do(lambda names: names.update({name: inode}))
            remember()
        descriptors[descriptor] = None if flags & os.O_DIRECTORY else disk.names[name]
        return descriptor

    def write(descriptor: int, data: Any) -> int:
        count: int = real["write"](descriptor, data)
        inode = descriptors[descriptor]
        assert inode is not None
        inode.written += bytes(data[:count])
        remember()
        return count

    def fsync(descriptor: int) -> None:
        real["fsync"](descriptor)
        inode = descriptors[descriptor]
        if inode is None:
            disk.durable = dict(disk.names)
            disk.pending.clear()
        else:
            inode.durable = inode.written
        remember()

    def rename(old: str, new: str) -> None:
        real["rename"](old, new)
        inode, source, target = disk.names[os.path.basename(old)], os.path.basename(old), os.path.basename(new)

        def change(names: Names) -> None:
            names.pop(source, None)
            names[target] = inode

        disk.do(change)
        remember()

    def unlink(path: str) -> None:
        real["unlink"](path)
        name = os.path.basename(path)

        def change(names: Names) -> None:
            names.pop(name, None)

        disk.do(change)
        remember()

    for name, replacement in {
        "open": opened, "write": write, "fsync": fsync, "rename": rename, "unlink": unlink
    }.items():  # fmt: skip
        monkeypatch.setattr(os, name, replacement)
    return moments


@pytest.mark.parametrize(("before", "operation"), CASES, ids=lambda value: getattr(value, "__name__", None))
def test_after_a_power_cut_it_is_the_old_or_the_new(
    before: tuple[Operation, ...], operation: Operation, memory_path: Path
) -> None:
    folder = memory_path / "work"
    folder.mkdir()
    path = folder / "config.yaml"
    path.write_bytes(test_crashes.FILE)
    store = ConfigStore(ConfigPaths(path))
    for step in before:
        step(store)
    old = state(folder)
    there = {file.name: Inode(file.read_bytes(), file.read_bytes()) for file in folder.iterdir()}
    with pytest.MonkeyPatch.context() as monkeypatch:
        moments = record(Disk(dict(there), dict(there)), monkeypatch)
        operation(store)
    new = state(folder)

    mended: dict[tuple[tuple[str, bytes], ...], bool] = {}
    for files in set().union(*moments):
        shutil.rmtree(folder)
        folder.mkdir()
        for name, data in files:
            (folder / name).write_bytes(data)
        store.recover()
        assert state(folder) in (old, new)
        mended[files] = state(folder) == new

    assert all(mended[files] for files in moments[-1]), "what was said to be saved is saved"
    assert len(mended) > 5
