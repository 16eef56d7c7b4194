"""What a script does from end to end: join, follow, look, leave."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.support.node_api import NodeApi
from tests.support.sandbox import Finished, Sandbox, with_node
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until


def test_join_restart_wait_then_leave(sandbox: Sandbox) -> None:
    joined = sandbox.run(
        "join",
        sandbox.address,
        "--pin",
        sandbox.pin,
        "--token-file",
        "-",
        "--restart",
        "--wait",
        token=sandbox.new_token(),
    )
    assert joined.code == 0, joined.err
    assert joined.err == ""
    lines = joined.out.splitlines()
    assert [line[:2] for line in lines[1:8]] == ["OK"] * 7
    assert lines[-1].startswith(f"Connected to {sandbox.address} as node ")

    status = sandbox.run("status")
    assert status.code == 0
    assert "connected" in status.out
    assert "quantix-node" in status.out
    body = sandbox.run("status", "--json").json()
    assert (body["status"], body["joined"], body["daemon"]) == ("connected", True, "quantix-node")

    events = sandbox.run("events", "-n", "3")
    assert len(events.out.splitlines()) == 3
    assert "Connected" in events.out.splitlines()[-1]
    assert sandbox.run("events", "--json").json()["events"][0]["category"]

    left = sandbox.run("leave", "--yes", "--restart", "--wait")
    assert (left.code, left.err) == (0, "")
    assert f"Left {sandbox.address}." in left.out
    assert sandbox.status()["status"] == "standalone"


def test_the_token_may_stand_in_a_file_and_the_ca_too(sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f'  "{sandbox.new_token()}"\r\n')
    finished = sandbox.run(
        "join", sandbox.address, "--ca", sandbox.facts["ca_file"], "--token-file", str(file), "--json"
    )
    assert finished.code == 0, finished.err
    body = finished.json()
    assert (body["status"], body["restart_required"]) == ("pending_restart", True)
    assert {check["outcome"] for check in body["checks"]} == {"pass"}
    assert body["saved"] is True
    assert sandbox.run("status", "--wait", "pending_restart", "--timeout", "5").code == 0
    again = sandbox.run("restart", "--wait", "--json")
    assert again.json()["status"] == "connected"
    assert sandbox.run("leave", "--yes", "--json").json()["restart_required"] is True


def test_a_check_saves_nothing_and_uses_nothing_up(sandbox: Sandbox, config_before: bytes) -> None:
    token = sandbox.new_token()
    for _ in range(2):
        finished = sandbox.run(
            "check", sandbox.address, "--pin", sandbox.pin, "--token-file", "-", "--json", token=token
        )
        assert (finished.code, finished.json()["success"]) == (0, True)
    assert sandbox.config.read_bytes() == config_before
    without = sandbox.run("check", sandbox.address, "--pin", sandbox.pin)
    assert without.code == 0
    assert "no token" in without.out


def test_following_ends_with_the_reason_when_it_will_not_work(sandbox: Sandbox) -> None:
    """The token is revoked between the save and the restart."""
    token = sandbox.new_token()
    assert sandbox.run("join", sandbox.address, "--pin", sandbox.pin, "--token-file", "-", token=token).code == 0
    sandbox.control("/revoke", token=token)
    finished = sandbox.run("restart", "--wait")
    assert finished.code == 1
    assert finished.err.startswith("invalid_token: ")
    assert "revoked" in finished.err


def test_following_gives_up_in_time_with_the_last_cause(sandbox: Sandbox) -> None:
    token = sandbox.new_token()
    assert sandbox.run("join", sandbox.address, "--pin", sandbox.pin, "--token-file", "-", token=token).code == 0
    sandbox.fault("refuse")
    finished = sandbox.run("restart", "--wait", "--timeout", "5")
    assert finished.code == 3
    assert finished.err.startswith("timed_out: ")
    assert "refuses connections" in finished.err
    assert "refuses connections" in finished.out


def test_waiting_for_a_state_in_vain_ends_with_3(sandbox: Sandbox) -> None:
    finished = sandbox.run("status", "--wait", "connected", "--timeout", "0.3")
    assert (finished.code, finished.out) == (3, "")
    assert finished.err.startswith("timed_out: ")
    assert "standalone" in finished.err


def test_leaving_where_there_is_nothing_to_leave(sandbox: Sandbox) -> None:
    finished = sandbox.run("leave", "--yes")
    assert finished.code == 0
    assert "no cluster" in finished.out


def test_a_leave_is_confirmed(sandbox: Sandbox) -> None:
    finished = sandbox.run("leave")
    assert finished.code == 2
    assert "--yes" in finished.err


def test_a_join_without_a_token_and_a_terminal_is_a_wrong_command_line(sandbox: Sandbox) -> None:
    finished = sandbox.run("join", sandbox.address)
    assert finished.code == 2
    assert "--token-file" in finished.err


def test_an_interrupt_ends_it_with_130_and_one_sentence(sandbox: Sandbox, config_before: bytes) -> None:
    sandbox.fault("hang")
    token = sandbox.new_token()
    command = with_node(sandbox, "join", sandbox.address, "--pin", sandbox.pin, "--token-file", "-")
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(token)
        process.stdin.close()
        while "connection" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        error = process.stderr.read() if process.stderr else ""
    assert process.returncode == 130
    assert "Traceback" not in rest
    assert error.strip().startswith("Interrupted.")
    assert len(error.strip().splitlines()) == 1
    assert sandbox.config.read_bytes() == config_before


def test_an_interrupt_while_waiting(sandbox: Sandbox) -> None:
    command = with_node(sandbox, "status", "--wait", "connected")
    with subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True) as process:
        wait_until(lambda: _sleeps(process.pid), "it to wait")
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=10)
    assert (process.returncode, out) == (130, "")
    assert error.strip().startswith("Interrupted.")


def _sleeps(pid: int) -> bool:
    """Whether it sleeps between two questions."""
    return "nanosleep" in Path(f"/proc/{pid}/wchan").read_text()


def test_a_reader_that_has_seen_enough_is_no_error(sandbox: Sandbox) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(with_node(sandbox, "events"), stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert done.stderr == ""


class TestOnATerminal:
    def test_the_token_is_asked_for_and_not_shown(self, sandbox: Sandbox) -> None:
        token = sandbox.new_token()
        with Terminal(with_node(sandbox, "join", sandbox.address, "--pin", sandbox.pin), columns=120) as terminal:
            terminal.wait_for("Registration token (not shown):")
            terminal.press(token, "enter")
            text = terminal.wait_for("restart --wait")
            assert "OK    this node" in text
            assert "...   " not in text
            assert terminal.wait_for_exit() == 0
            assert token.encode() not in bytes(terminal.received)

    def test_a_leave_asks_whether_it_is_meant(self, sandbox: Sandbox) -> None:
        with Terminal(with_node(sandbox, "leave")) as terminal:
            terminal.wait_for("Type yes:")
            terminal.press("no", "enter")
            terminal.wait_for("Nothing was changed.")
            assert terminal.wait_for_exit() == 1

    def test_the_check_that_runs_is_shown(self, sandbox: Sandbox) -> None:
        sandbox.fault("hang")
        with Terminal(with_node(sandbox, "check", sandbox.address, "--pin", sandbox.pin), columns=120) as terminal:
            terminal.wait_for("...   ")
            terminal.press("ctrl+c")
            terminal.wait_for("Interrupted.")
            assert terminal.wait_for_exit() == 130


AS_NOBODY = """
import asyncio, encodings.idna, locale, os, shutil, sys
from quantix_tui.cluster import address
import quantix_tui.cli
from quantix_tui.commands import leave, status
from quantix_tui.node.gateway import listener, local
os.setgroups([]); os.setgid(65534); os.setuid(65534)
raise SystemExit(quantix_tui.cli.main(sys.argv[1:]))
"""
"""All is imported before: the interpreter itself may lie where nobody else can read."""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_somebody_else_may_look_over_tcp_but_not_change(sandbox: Sandbox) -> None:
    def as_nobody(*words: str) -> Finished:
        settings = ["--node", sandbox.facts["node_url"], "--config", str(sandbox.config)]
        command = [sys.executable, "-c", AS_NOBODY, *settings, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return Finished(done.returncode, done.stdout, done.stderr)

    looked = as_nobody("status", "--json")
    assert looked.code == 0, looked.err
    assert looked.json()["daemon"] == "quantix-node"
    changed = as_nobody("leave", "--yes")
    assert changed.code == 1
    assert changed.err.startswith("unauthorized: ")
    assert "root" in changed.err


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_somebody_else_without_a_daemon_is_told_to_be_root(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("")
    config.chmod(0o600)
    command = [sys.executable, "-c", AS_NOBODY, "--config", str(config), "--node", f"unix:{tmp_path / 's'}", "status"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("unauthorized: ")
    assert "root" in done.stderr


def test_without_its_daemon_the_node_is_edited_here(sandbox: Sandbox, node: NodeApi, config_before: bytes) -> None:
    sandbox.control("/daemon", action="stop")
    try:
        assert sandbox.run("status", "--json").json()["daemon"] == "none"
        words = ("join", sandbox.address, "--pin", sandbox.pin, "--token-file", "-")
        joined = sandbox.run(*words, token=sandbox.new_token())
        assert joined.code == 0, joined.err
        assert sandbox.status()["status"] == "pending_restart"
        # Nothing manages this daemon as a service: the way by hand is told.
        restarted = sandbox.run("restart")
        assert restarted.code == 1
        assert restarted.err.startswith("restart_failed: ")
        assert f"quantix-node --config {sandbox.config} --socket" in restarted.err
    finally:
        sandbox.control("/daemon", action="start")
    assert sandbox.run("status", "--wait", "connected", "--timeout", "20").code == 0
    sandbox.control("/daemon", action="stop")
    try:
        assert sandbox.status()["status"] == "disconnected"
        assert sandbox.run("leave", "--yes").code == 0
    finally:
        sandbox.control("/daemon", action="start")
    node.wait_for(status="standalone", pending_cleanup=None)


@pytest.mark.parametrize("command", ["join", "leave"])
def test_waiting_without_a_restart_says_who_has_to_restart(sandbox: Sandbox, command: str) -> None:
    words: tuple[str, ...] = ("join", sandbox.address, "--pin", sandbox.pin, "--token-file", "-")
    if command == "leave":
        assert sandbox.run(*words, "--restart", "--wait", token=sandbox.new_token()).code == 0
        words = ("leave", "--yes")
    token = sandbox.new_token() if command == "join" else None
    finished = sandbox.run(*words, "--wait", "--timeout", "0.5", token=token)
    assert finished.code == 3, finished
    assert "Waiting until the node daemon is restarted" in finished.out
    assert "quantix-tui restart" in finished.err


def test_the_daemon_leaves_no_core_dump_of_its_secrets(sandbox: Sandbox) -> None:
    with urllib.request.urlopen(f"{sandbox.facts['control_url']}/daemon", timeout=5) as answer:
        pid = json.load(answer)["pid"]
    limits = Path(f"/proc/{pid}/limits").read_text()
    assert re.search(r"^Max core file size +0 ", limits, re.MULTILINE), limits
