"""With real commands: small scripts that stand in for systemctl and rc-service on the PATH."""

import stat
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.services import (
    OPENRC,
    SYSTEMD,
    find_service_manager,
    last_lines,
    restart_node_daemon,
    run,
)
from tests.host.files.trees import put


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def script(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def refused(command: tuple[str, ...], timeout: float = 10) -> Problem:
    with pytest.raises(QuantixError) as caught:
        run(command, timeout)
    assert caught.value.problem.code is ErrorCode.RESTART_FAILED
    return caught.value.problem


def test_the_manager_that_runs_the_machine_is_found(tmp_path: Path) -> None:
    assert find_service_manager(str(tmp_path)) is None
    # The package leaves its folder on a machine that something else runs, and rc-update writes to it.
    put(tmp_path, "/run/openrc/deptree")
    assert find_service_manager(str(tmp_path)) is None
    put(tmp_path, "/run/openrc/softlevel", "default\n")
    assert find_service_manager(str(tmp_path)) == OPENRC
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    assert find_service_manager(str(tmp_path)) == SYSTEMD


def test_each_has_its_own_service_and_command() -> None:
    assert SYSTEMD.command("restart", SYSTEMD.node_daemon) == ("systemctl", "restart", "limiquantix-node")
    assert OPENRC.command("start", OPENRC.node_daemon) == ("rc-service", "quantix-node", "start")


def test_a_restart_runs_the_command_as_it_is(tmp_path: Path, commands: Path) -> None:
    put(tmp_path, "/run/openrc/softlevel", "default\n")
    script(commands, "rc-service", f'printf "%s|" "$@" > {tmp_path}/asked')
    restart_node_daemon(str(tmp_path))
    assert (tmp_path / "asked").read_text() == "quantix-node|restart|"


def test_systemd_starts_what_does_not_run(tmp_path: Path, commands: Path) -> None:
    script(commands, "systemctl", f'printf "%s|" "$@" > {tmp_path}/asked')
    SYSTEMD.start("limiquantix-node")
    assert (tmp_path / "asked").read_text() == "start|limiquantix-node|"


def test_a_refusal_tells_the_last_lines_and_the_command(commands: Path) -> None:
    script(
        commands,
        "systemctl",
        "echo one; echo; echo two; echo three; printf 'Unit \\033[1mnot\\033[0m found.' >&2; exit 5",
    )
    problem = refused(SYSTEMD.command("restart", "limiquantix-node"))
    assert problem.message == "The node daemon could not be restarted: two / three / Unit ?[1mnot?[0m found."
    assert problem.hint == "Run as root: systemctl restart limiquantix-node"
    assert problem.reason == "refused"


def test_a_silent_refusal_tells_the_exit_status(commands: Path) -> None:
    script(commands, "systemctl", "exit 3")
    assert "exit status 3" in refused(("systemctl", "restart", "x")).message


def test_a_command_that_hangs_is_ended(commands: Path) -> None:
    script(commands, "systemctl", "exec sleep 60")
    problem = refused(("systemctl", "restart", "x"), timeout=0.2)
    assert problem.reason == "timed_out"
    assert "0.2 s" in problem.message


def test_a_manager_without_its_command_says_so(commands: Path) -> None:
    problem = refused(("no-such-manager", "restart", "x"))
    assert (problem.reason, problem.details) == ("not_installed", {"command": "no-such-manager restart x"})


def test_without_a_manager_the_way_by_hand_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuantixError) as caught:
        restart_node_daemon(str(tmp_path))
    assert caught.value.problem.code is ErrorCode.RESTART_FAILED
    assert "quantix-node" in caught.value.problem.hint


def test_a_flood_of_output_is_cut() -> None:
    assert len(last_lines(b"x" * 1_000_000)) <= 400
    assert last_lines(b"\n\n") == ""
