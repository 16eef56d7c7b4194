"""Work on a machine: told, logged, stopped by what fails, never with a secret in what is said."""

import logging
import os
import signal
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.host.doing import Done, do
from quantix_tui.host.files.changes import File, Put
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.programs import run
from quantix_tui.host.work import Command, Work

HERE = Tree("/")


async def test_what_was_done_is_told_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "quantix_tui.machine")
    told: list[Done] = []
    file = tmp_path / "file"
    work = Work(
        before=(Command(("sh", "-c", "exit 3"), optional=True),),
        changes=(Put(str(file), File(b"new")),),
        after=(Command(("true",)),),
    )
    await do(work, HERE, told.append)
    assert file.read_bytes() == b"new"
    assert [done.what for done in told] == ["sh -c exit 3", f"write {file}", "true"]
    assert told[0].failure == "exit status 3"
    assert [record.message for record in caplog.records] == [
        "ran: sh -c exit 3: exit status 3",
        f"done: write {file}",
        "ran: true: done",
    ]


async def test_a_command_that_fails_says_its_last_lines(tmp_path: Path) -> None:
    work = Work(
        changes=(Put(str(tmp_path / "file"), File(b"new")),),
        after=(
            Command(("sh", "-c", "echo first; echo the cause; exit 1")),
            Command(("touch", str(tmp_path / "never"))),
        ),
    )
    with pytest.raises(QuantixError) as caught:
        await do(work, HERE)
    assert caught.value.problem.code is ErrorCode.MACHINE_REFUSED
    assert "first / the cause" in caught.value.problem.message
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [(("no-such-program",), "not installed"), (("sleep", "60"), "did not end within 0.2 s")],
)
async def test_why_a_command_did_not_run(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(QuantixError) as caught:
        await do(Work(after=(Command(words, within=0.2),)), HERE)
    assert said in caught.value.problem.message


async def test_a_secret_goes_to_standard_input_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "quantix_tui.machine")
    told: list[Done] = []
    seen = tmp_path / "seen"
    command = Command(("sh", "-c", f"cat > {seen}"), given=Secret("root:correct horse\n"))
    await do(Work(after=(command,)), HERE, told.append)
    assert seen.read_text() == "root:correct horse\n"
    echoes = Command(("sh", "-c", "cat; exit 1"), given=Secret("root:correct horse\n"))
    with pytest.raises(QuantixError) as caught:
        await do(Work(after=(echoes,)), HERE, told.append)
    assert "correct" not in f"{caught.value.problem} {told} {caplog.text} {command!r}"
    refuses = Command(("sh", "-c", "echo BAD PASSWORD; exit 1"), given=Secret("root:correct horse\n"))
    with pytest.raises(QuantixError) as caught:
        await do(Work(after=(refuses,)), HERE)
    assert "BAD PASSWORD" in caught.value.problem.message


async def test_what_a_command_leaves_running_is_let_be(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    ran = await run(("sh", "-c", f"sleep 60 & echo $! > {pid}; echo started"), within=20)
    assert (ran.code, ran.output) == (0, b"started\n")
    process = int(pid.read_text())
    # Raises ProcessLookupError when it has been ended.
    os.kill(process, signal.SIGKILL)


async def test_files_that_cannot_be_changed(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / "in").touch()
    with pytest.raises(QuantixError) as caught:
        await do(Work(changes=(Put(str(tmp_path / "file"), File(b"new")),)), HERE)
    assert caught.value.problem.code is ErrorCode.CONFIG_WRITE_ERROR
    assert "as they were before" in caught.value.problem.message


async def test_a_machine_that_does_not_run_has_no_commands(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    with pytest.raises(ValueError, match="does not run"):
        await do(Work(after=(Command(("touch", str(ran))),)), Tree(str(tmp_path)))
    assert not ran.exists()
