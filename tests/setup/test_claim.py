"""One at a time sets a node up, one wizard at a time has the pages: with real processes, which are killed too."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.setup.claim import Doing, Holder, Who, briefly, claimed, holder, take, take_soon
from quantix_tui.setup.session import OPEN, Session
from tests.setup.holders import HOLDS, holding
from tests.support.waiting import wait_until

TTYS0, TTY1 = Who(line="ttyS0"), Who(line="tty1")


def kill(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def test_it_is_told_who_has_it_until_that_process_dies(tmp_path: Path) -> None:
    folder = str(tmp_path)
    assert holder(folder) is None
    with holding(tmp_path, Doing.TRIES) as process:
        found = holder(folder)
        assert found is not None
        assert (found.who, found.doing) == (Who("quantix-tui setup", "pts/7"), Doing.TRIES)
        assert str(found).startswith("quantix-tui setup on pts/7 tries network settings, for ")
        assert not found.is_us
        with pytest.raises(QuantixError) as caught:
            take(folder, TTY1, Doing.APPLIES)
        assert "on pts/7" in caught.value.problem.message
        kill(process)
        assert holder(folder) is None
        # What the killed one has written does not count.
        with briefly(folder):
            assert holder(folder) is None
        take(folder, TTY1, Doing.APPLIES).let_go()


def test_it_is_ours_until_it_is_let_go(tmp_path: Path) -> None:
    claim = take(str(tmp_path), TTY1, Doing.APPLIES)
    found = holder(str(tmp_path))
    assert found is not None
    assert found.is_us
    assert found.who == TTY1
    claim.let_go()
    claim.let_go()
    assert holder(str(tmp_path)) is None
    assert (tmp_path / "setup.lock").stat().st_mode & 0o777 == 0o600


def test_whoever_keeps_a_page_is_waited_for(tmp_path: Path) -> None:
    with holding(tmp_path, "briefly") as process:
        assert holder(str(tmp_path)) is None
        os.kill(process.pid, signal.SIGSTOP)
        waits = subprocess.Popen(
            [sys.executable, "-c", HOLDS, str(tmp_path), Doing.APPLIES],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        with waits:
            wait_until(lambda: waits.poll() is None and _opens(waits.pid, "setup.lock"), "it to wait")
            assert waits.poll() is None
            kill(process)
            assert waits.stdout is not None
            assert waits.stdout.read() == b"held\n"


def _opens(pid: int, name: str) -> bool:
    folder = f"/proc/{pid}/fd"
    return any(
        os.readlink(f"{folder}/{each}").endswith(name)
        for each in os.listdir(folder)
        if os.path.lexists(f"{folder}/{each}")
    )


async def test_whoever_looks_all_the_time_keeps_nobody_away(tmp_path: Path) -> None:
    folder = str(tmp_path)
    take(folder, TTYS0, Doing.APPLIES).let_go()
    (tmp_path / "setup.lock").write_text(
        json.dumps({"program": "x", "line": "y", "doing": "is open", "since": 1, "pid": 1})
    )
    looks = True

    async def look() -> None:
        while looks:
            await asyncio.to_thread(holder, folder)

    looking = [asyncio.create_task(look()) for _ in range(3)]
    for _ in range(100):
        async with claimed(folder, TTY1, Doing.APPLIES):
            pass
    looks = False
    await asyncio.gather(*looking)


async def test_a_claim_that_is_cancelled_holds_nothing(tmp_path: Path) -> None:
    folder = str(tmp_path)
    for turns in range(6):
        taking = asyncio.create_task(take_soon(folder, TTY1, Doing.APPLIES))
        for _ in range(turns):
            await asyncio.sleep(0)
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
    # A thread that was on its way has it for a moment yet.
    await take_soon(folder, TTYS0, Doing.APPLIES)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"program": "x"}', '{"program":"a","line":"b","doing":"c","since":1,"pid":1}']
)
def test_a_lock_that_says_nothing_is_a_lock(tmp_path: Path, text: str) -> None:
    with holding(tmp_path, Doing.APPLIES):
        (tmp_path / "setup.lock").write_text(text)
        assert holder(str(tmp_path)) is None


def test_what_stands_there_reaches_no_terminal_as_it_is(tmp_path: Path) -> None:
    with holding(tmp_path, Doing.APPLIES):
        body = {"program": "\x1b[2J", "line": "\x07", "doing": "is open", "since": 0, "pid": 1}
        (tmp_path / "setup.lock").write_text(json.dumps(body))
        found = holder(str(tmp_path))
        assert isinstance(found, Holder)
        assert str(found).isprintable()


def test_the_second_wizard_is_told_of_the_first(tmp_path: Path) -> None:
    second = Session(str(tmp_path), TTY1)
    with holding(tmp_path, "session") as process:
        found = second.enter()
        assert found is not None
        assert found.who.line == "pts/7"
        assert str(second.other()).startswith("quantix-tui setup on pts/7 is open, for ")
        kill(process)
        assert second.other() is None
        assert second.enter() is None
        assert second.is_ours
    second.end()
    assert not (tmp_path / OPEN).exists()


def test_to_take_over_ends_the_other_ones_turn(tmp_path: Path) -> None:
    first, second = Session(str(tmp_path), TTYS0), Session(str(tmp_path), TTY1)
    assert first.enter() is None
    assert first.enter() is None
    second.take_over()
    assert (first.is_ours, second.is_ours) == (False, True)
    held = first.other()
    assert held is not None
    assert held.who == TTY1
    first.end()
    assert second.other() is None
    first.take_over()
    assert (first.is_ours, second.is_ours) == (True, False)
    first.end()


def test_nobody_takes_over_from_whoever_sets_the_node_up(tmp_path: Path) -> None:
    first, second = Session(str(tmp_path), TTYS0), Session(str(tmp_path), TTY1)
    assert first.enter() is None
    claim = take(str(tmp_path), TTYS0, Doing.APPLIES)
    with pytest.raises(QuantixError):
        second.take_over()
    assert first.is_ours
    claim.let_go()
    first.end()
