"""The real program is killed, or fails; the next one on the same terminal says so once."""

import os
import signal
import sys
from pathlib import Path

from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

KILLED = "ended without a word"
# A fault of the console's own, on the terminal's own line.
FAILING = """
import os, sys
from quantix_tui.console.application import ConsoleApp
ticks = []
def broken(self):
    ticks.append(0)
    if len(ticks) > 1: raise ValueError
ConsoleApp.tick_now = broken
from quantix_tui.cli import main
sys.exit(main(["--node", "unix:/nowhere/node.sock"]))
"""


def shell(tmp_path: Path) -> Terminal:
    """A shell, so that two programs run one after the other on the same line."""
    environment = {"QUANTIX_STATE": str(tmp_path / "state"), "TMPDIR": str(tmp_path), "PS1": "ready> "}
    return Terminal(["/bin/sh"], environment=environment)


def open_console(terminal: Terminal, tmp_path: Path) -> int:
    terminal.press(f"{sys.executable} -m quantix_tui --node unix:/nowhere/node.sock", "enter")
    terminal.wait_for("THIS NODE")
    marks = tmp_path / "state" / "running"
    (mark,) = wait_until(lambda: list(marks.glob("pts-*[0-9]")) if marks.exists() else None, "the mark")
    return int(mark.read_text().split()[0])


def quit_console(terminal: Terminal) -> None:
    terminal.press("q")
    terminal.wait_for("ready>")


def test_a_killed_console_is_told_by_the_next_and_no_further(tmp_path: Path) -> None:
    with shell(tmp_path) as terminal:
        killed = open_console(terminal, tmp_path)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: not os.path.exists(f"/proc/{killed}"), "its end")
        # The line is still raw: the key Enter sends is no end of a line there.
        terminal.press("stty sane; printf '\\033c'\n")
        terminal.wait_for("ready>")
        open_console(terminal, tmp_path)
        terminal.wait_for(KILLED)
        quit_console(terminal)
        open_console(terminal, tmp_path)
        assert KILLED not in terminal.text
        quit_console(terminal)
        assert not list((tmp_path / "state" / "running").iterdir())


def test_a_fault_is_told_by_the_next_start_with_its_report(tmp_path: Path) -> None:
    script = tmp_path / "failing.py"
    script.write_text(FAILING)
    with shell(tmp_path) as terminal:
        terminal.press(f"{sys.executable} {script}; echo status $?", "enter")
        terminal.wait_for("status 1")
        (report,) = tmp_path.glob("quantix-tui-crash-*")
        terminal.press("clear", "enter")
        open_console(terminal, tmp_path)
        terminal.wait_for("The console ended by a fault at")
        terminal.wait_for(report.name)
        quit_console(terminal)
