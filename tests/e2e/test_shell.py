"""A shell from the console and back, in a real pty, whatever happens to the shell."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    setting: str = getattr(request, "param", "/bin/bash")
    here = ("--node", f"unix:{tmp_path}/node.sock", "--config", str(tmp_path / "config.yaml"))
    environment = {"QUANTIX_SHELL": setting, "QUANTIX_STATE": str(tmp_path), "PS1": "$ "}
    with Terminal([sys.executable, "-m", "quantix_tui", *here], environment=environment) as opened:
        opened.wait_for("CLUSTER")
        yield opened


def open_shell(terminal: Terminal) -> None:
    terminal.press("x")
    terminal.wait_for("A shell of ")
    terminal.press("echo in-$((40 + 2)) line=${QUANTIX_LINE-none} $0 $HOME\n")
    terminal.wait_for("in-42 line=none")


@pytest.mark.parametrize("terminal", ["/bin/bash", "/bin/sh", ""], indirect=True)
def test_the_console_returns_after_exit(terminal: Terminal) -> None:
    open_shell(terminal)
    terminal.press("exit\n")
    terminal.wait_for("Back from the shell.")
    terminal.press("e")
    terminal.wait_for("PgUp PgDn")
    terminal.press("esc")
    terminal.wait_for("CLUSTER")
    terminal.press("q")
    assert terminal.wait_for_exit() == 0


def test_keys_in_the_shell_are_the_shells(terminal: Terminal) -> None:
    open_shell(terminal)
    terminal.press("sleep 100\n")
    terminal.press("ctrl+c")
    terminal.press("echo after-$?\n")
    terminal.wait_for("after-130")
    terminal.press("sleep 100\n", "\x1a")
    terminal.press("echo stopped-$?\n")
    terminal.wait_for("stopped-148")
    terminal.press("kill %1; exit\n", "exit\n")
    terminal.wait_for("Back from the shell.")


@pytest.mark.parametrize("fate", ["kill -9 $$", "kill -STOP $$; exit", "exec false"])
def test_whatever_becomes_of_the_shell_the_console_is_back(terminal: Terminal, fate: str) -> None:
    open_shell(terminal)
    terminal.press(f"{fate}\n")
    terminal.wait_for("Back from the shell.")
    terminal.press("e")
    terminal.wait_for("PgUp PgDn")


@pytest.mark.parametrize("terminal", ["no"], indirect=True)
def test_none_where_the_settings_allow_none(terminal: Terminal) -> None:
    terminal.press("x")
    terminal.wait_for("A shell is not allowed")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be told to end by a hang-up of another's line")
def test_a_hang_up_while_the_shell_runs_leaves_nothing_behind(terminal: Terminal) -> None:
    open_shell(terminal)
    pid = terminal.pid
    terminal.send_signal(signal.SIGHUP)
    terminal.close()
    assert not Path(f"/proc/{pid}").exists()


_BEHIND = """
import os, signal, sys
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    signal.pause()
os.setpgid(child, child)
os.tcsetpgrp(0, child)
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
os.execv(sys.executable, [sys.executable, "-m", "quantix_tui", *sys.argv[1:]])
"""


@pytest.mark.parametrize("mode", [[], ["--line-mode"]])
def test_a_line_whose_keys_were_a_shells_that_is_dead_is_the_next_consoles(tmp_path: Path, mode: list[str]) -> None:
    """As after a kill of the console while a shell was open."""
    here = ("--node", f"unix:{tmp_path}/node.sock", "--config", str(tmp_path / "config.yaml"), *mode)
    environment = {"QUANTIX_LINE": "tty1", "QUANTIX_STATE": str(tmp_path)}
    with Terminal([sys.executable, "-c", _BEHIND, *here], environment=environment) as terminal:
        terminal.wait_for("Number, or Enter" if mode else "locked")
        terminal.press("77\n" if mode else "?")
        terminal.wait_for("There is no such number" if mode else "every value whole")
