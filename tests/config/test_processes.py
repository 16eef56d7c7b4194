"""Several processes at the same configuration."""

import fcntl
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.config.atomic import LOCK_WAIT_SECS, LockBusy, locked
from quantix_tui.config.store import CleanupRecord, ConfigPaths, ConfigStore
from tests.config.faults import fork

ROUNDS = 25


def start(work: Callable[[], None]) -> int:
    child = fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def succeeded(child: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.fixture
def store(memory_path: Path) -> ConfigStore:
    path = memory_path / "config.yaml"
    path.write_text("# head\nnode: 1\n\nserver: 2 # tail\n")
    return ConfigStore(ConfigPaths(path))


def leave(store: ConfigStore, record: CleanupRecord) -> None:
    store.save_leave(lambda _: record)


def test_two_writers_at_once_lose_nothing(store: ConfigStore) -> None:
    def leaving(name: str) -> Callable[[], None]:
        def work() -> None:
            for number in range(ROUNDS):
                address = parse_address(f"{name}{number}.example")
                store.save_join(address, Trust(), parse_token("QUANTIX-AAAA-BBBB"))
                record = CleanupRecord(address, Trust(), f"{name}{number}", None, "2026-01-07T10:00:00Z")
                leave(store, record)

        return work

    children = [start(leaving("a")), start(leaving("b"))]
    assert all([succeeded(child) for child in children])  # noqa: C419 (each must be waited for)

    found = []
    while (record := store.cleanup()) is not None:
        found.append(record.node_id)
        store.finish_cleanup(record)
    assert sorted(found) == sorted(f"{name}{number}" for name in "ab" for number in range(ROUNDS))
    text = store.paths.config_file.read_text()
    assert text.startswith("# head\nnode: 1\n\nserver: 2 # tail\n")
    assert text.count("control_plane:") == 1


def test_a_reader_never_sees_a_token_with_another_address(store: ConfigStore) -> None:
    def joining() -> None:
        for number in range(ROUNDS * 4):
            letter = "AB"[number % 2]
            store.save_join(
                parse_address(f"{letter}.example"), Trust(), parse_token(f"QUANTIX-{letter * 4}-{letter * 4}")
            )

    child = start(joining)
    seen = set()
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        snapshot = store.snapshot()
        if snapshot.section.address is not None:
            assert snapshot.token is not None
            letter = snapshot.section.address.host[0]
            assert snapshot.token.reveal() == f"QUANTIX-{letter.upper() * 4}-{letter.upper() * 4}"
            seen.add(letter)
    assert seen == {"a", "b"}


def test_a_lock_that_is_never_released_is_not_waited_for_for_ever(store: ConfigStore) -> None:
    receiver, sender = os.pipe()

    def hold() -> None:
        with locked(store.paths.lock):
            os.write(sender, b"x")
            signal.pause()

    child = start(hold)
    os.read(receiver, 1)
    patient = ConfigStore(store.paths, lock_wait_secs=0.1)
    before = store.paths.config_file.read_bytes()
    began = time.monotonic()
    with pytest.raises(QuantixError) as refusal:
        patient.save_join(parse_address("a.example"), Trust(), parse_token("QUANTIX-AAAA-BBBB"))
    assert 0.1 <= time.monotonic() - began < 2
    problem = refusal.value.problem
    assert (problem.code, problem.reason) == (ErrorCode.CONFIG_WRITE_ERROR, "locked")
    assert problem.message.endswith("Nothing was saved.")
    assert store.paths.config_file.read_bytes() == before
    assert not patient.load().joined, "reading needs no lock"

    # A process that dies gives the lock back.
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    patient.save_join(parse_address("a.example"), Trust(), parse_token("QUANTIX-AAAA-BBBB"))
    assert patient.load().joined
    for descriptor in (receiver, sender):
        os.close(descriptor)


def test_the_wait_for_the_lock_is_five_seconds(store: ConfigStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LOCK_WAIT_SECS == 5
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda secs: now.__setitem__(0, now[0] + secs))
    holder = os.open(store.paths.lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with pytest.raises(LockBusy), locked(store.paths.lock):
        pass
    os.close(holder)
    assert 105 <= now[0] < 105.1


def test_what_another_program_wrote_while_the_lock_was_awaited_is_edited(store: ConfigStore) -> None:
    path = store.paths.config_file
    begin, started = os.pipe()
    ready, waiting = os.pipe()

    def late() -> None:
        os.read(begin, 1)
        os.write(waiting, b"x")
        store.save_join(parse_address("a.example"), Trust(), parse_token("QUANTIX-AAAA-BBBB"))

    store.load()
    child = start(late)
    with locked(store.paths.lock):
        os.write(started, b"x")
        os.read(ready, 1)
        path.write_text("# edited by hand\nnode: 2\n")
    assert succeeded(child)
    assert path.read_text().startswith("# edited by hand\nnode: 2\n")
    assert store.load().joined
    for descriptor in (begin, started, ready, waiting):
        os.close(descriptor)
