"""A save that fails or dies at any system call leaves the old membership or the new one, never a mixture."""

import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from quantix_tui.config.store import ConfigPaths, ConfigStore
from tests.config.faults import FAILURES, NOTHING_SAVED, failing, traced
from tests.config.killing import Killer
from tests.config.operations import (
    Operation,
    join,
    join_again,
    join_elsewhere,
    join_with_ca,
    leave,
    recover,
    register,
)

FILE = b"# head\nnode: {id: 1}\ncontrol_plane: # ours\n  registration_enabled: false\n\nserver: 1 # tail"


@dataclass(frozen=True)
class Case:
    before: tuple[Operation, ...]
    operation: Operation
    missing: bool = False
    linked: bool = False

    def __str__(self) -> str:
        names = "-".join(step.__name__ for step in (*self.before, self.operation))
        return names + ("-missing" if self.missing else "") + ("-linked" if self.linked else "")


CASES = [
    Case((), join),
    Case((), join, missing=True),
    Case((), join, linked=True),
    Case((join,), join_again),  # the same configuration: only the token changes
    Case((join, register), join_elsewhere),
    Case((join,), register),
    Case((join, register), leave),
    Case((join, register), leave, linked=True),
    Case((join,), leave),
    Case((), leave, missing=True),
    Case((), join_with_ca),
    Case((join_with_ca,), join_again),
    Case((join_with_ca, register), leave),
]
MAIN_CASES = [Case((), join), Case((join,), register), Case((join, register), leave)]

State = dict[str, bytes]


@dataclass(frozen=True)
class Bench:
    """One case made ready: a folder to run it in, the state before and the state it leads to."""

    folder: Path
    template: Path
    case: Case
    old: State
    new: State
    calls: list[str]
    killer: Killer

    def reset(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.template, self.folder, symlinks=True)

    @property
    def store(self) -> ConfigStore:
        return ConfigStore(ConfigPaths(self.folder / "config.yaml"))

    def operate(self) -> None:
        self.case.operation(self.store)

    def killed(self, operation: Operation, nth: int) -> bool:
        """Run ``operation`` in a process that is killed before its ``nth`` system call, if it makes as many."""
        return self.killer.killed(operation, self.folder / "config.yaml", nth)

    def moments(self) -> list[int]:
        """The system calls (from 1) before which the disk differs from before the last one, and the end."""
        return [place for place, name in enumerate(self.calls, start=1) if name.endswith("!")] + [len(self.calls)]

    def config(self) -> bytes:
        path = self.folder / "config.yaml"
        return path.read_bytes() if path.exists() else b""

    def recovered(self) -> State:
        """Everything in the folder after the next start."""
        self.store.recover()
        return state(self.folder)


def state(folder: Path) -> State:
    """All that matters: every file but the lock and the backup, which may be of either version."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (".config.yaml.lock", "config.yaml.bak")
    }


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer() as killer:
        yield killer


@pytest.fixture(params=CASES, ids=str)
def bench(request: pytest.FixtureRequest, memory_path: Path, killer: Killer) -> Iterator[Bench]:
    case: Case = request.param
    folder, template = memory_path / "work", memory_path / "template"
    folder.mkdir()
    path = folder / "config.yaml"
    if case.linked:
        (folder / "persistent").mkdir()
        path.symlink_to("persistent/real.yaml")
    if not case.missing:
        path.write_bytes(FILE)
    for step in case.before:
        step(ConfigStore(ConfigPaths(path)))
    shutil.copytree(folder, template, symlinks=True)
    old = state(folder)
    calls = traced(lambda: case.operation(ConfigStore(ConfigPaths(path))))
    new = state(folder)
    assert old != new or case.missing
    yield Bench(folder, template, case, old, new, calls, killer)
    if case.linked:
        assert path.is_symlink()


def test_killed_between_any_two_system_calls(bench: Bench) -> None:
    seen = []
    for nth in bench.moments():
        bench.reset()
        assert bench.killed(bench.case.operation, nth)
        assert bench.config() in (bench.old.get("config.yaml", b""), bench.new.get("config.yaml", b""))
        # What a reader sees before anybody has recovered is what it is afterwards.
        seen_before = bench.store.snapshot()
        result = bench.recovered()
        assert result in (bench.old, bench.new)
        assert str(bench.store.snapshot()) == str(seen_before)
        seen.append(result == bench.new)
    assert seen == sorted(seen), "once it is new it stays new"
    assert seen[-1]


@pytest.mark.parametrize(
    ("bench", "number"),
    [(case, number) for case in CASES for number in (FAILURES if case in MAIN_CASES else (errno.EIO,))],
    indirect=["bench"],
    ids=lambda value: errno.errorcode[value] if isinstance(value, int) else str(value),
)
def test_any_system_call_fails(bench: Bench, number: int) -> None:
    answers = set()
    for nth in range(1, len(bench.calls) + 1):
        bench.reset()
        answer = failing(bench.operate, nth, number)
        answers.add(answer)
        wanted = bench.old if answer == NOTHING_SAVED else bench.new
        assert bench.config() == wanted.get("config.yaml", b""), (nth, bench.calls[nth - 1])
        assert bench.recovered() == wanted, (nth, bench.calls[nth - 1])
    assert NOTHING_SAVED in answers


def test_a_recovery_that_is_killed_is_recovered_from(bench: Bench) -> None:
    halfway = bench.folder.with_name("halfway")
    for nth in bench.moments()[::6]:
        bench.reset()
        bench.killed(bench.case.operation, nth)
        shutil.rmtree(halfway, ignore_errors=True)
        shutil.copytree(bench.folder, halfway, symlinks=True)
        calls = traced(bench.store.recover)
        wanted = state(bench.folder)
        for second, name in enumerate(calls, start=1):
            if name.endswith("!"):
                shutil.rmtree(bench.folder)
                shutil.copytree(halfway, bench.folder, symlinks=True)
                bench.killed(recover, second)
                assert bench.recovered() == wanted


def test_modes_and_owner_are_kept_through_everything(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(FILE)
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 12, 34)
    before = path.stat()
    store = ConfigStore(ConfigPaths(path))
    for operation in (join, register, leave):
        operation(store)
        after = path.stat()
        assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert oct((tmp_path / "pending-cleanup.json").stat().st_mode & 0o7777) == "0o600"
