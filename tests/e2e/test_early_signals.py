"""A signal that ends the program before it has taken the terminal: nothing of it stays on the screen."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

# Stands in Textual's place: the import never comes to an end, and the line is changed as the probe of its size does.
ENDLESS = """
import os, termios, time
now = termios.tcgetattr(0)
now[3] &= ~(termios.ECHO | termios.ICANON)
termios.tcsetattr(0, termios.TCSANOW, now)
with open({process!r}, "w") as file: file.write(str(os.getpid()))
while True: time.sleep(60)
"""
WATCHER = """
import os, subprocess, sys, termios
before = termios.tcgetattr(0)
code = subprocess.run(sys.argv[1:]).returncode
print(code, "as before" if termios.tcgetattr(0) == before else "changed")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_an_end_while_it_is_imported_leaves_the_line_as_it_was(tmp_path: Path, number: signal.Signals) -> None:
    process = tmp_path / "process"
    (tmp_path / "textual.py").write_text(ENDLESS.format(process=str(process)))
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")]), os.getcwd()])
    console = [sys.executable, "-m", "quantix_tui", "--node", "unix:/nowhere/node.sock"]
    with Terminal([sys.executable, "-c", WATCHER, *console], environment={"PYTHONPATH": path}) as terminal:
        terminal.wait_for("loading")
        text = wait_until(lambda: process.read_text() if process.exists() else None, "the import")
        os.kill(int(text), number)
        terminal.wait_for(f"{128 + number} as before")
        assert "Quantix-OS" not in terminal.text


def test_after_the_end_every_signal_is_again_what_it_was(tmp_path: Path) -> None:
    script = (
        "import signal\nfrom quantix_tui.cli import main\nmain(['--node', 'unix:/nowhere/node.sock'])\n"
        "kept = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)]\n"
        "print('defaults' if kept == [signal.SIG_DFL] * 3 else kept)\n"
    )
    environment = {"QUANTIX_STATE": str(tmp_path)}
    with Terminal([sys.executable, "-c", script], environment=environment) as terminal:
        terminal.wait_for("THIS NODE")
        terminal.press("q")
        terminal.wait_for("defaults")


def test_a_hangups_second_signal_does_not_take_the_terminal_again(tmp_path: Path) -> None:
    # The kernel sends SIGCONT with SIGHUP (setpgid(2)); it may be dealt with when the terminal is given back already.
    script = (
        "import os, signal, sys\nfrom quantix_tui.cli import main\n"
        "from quantix_tui.console.driver.driver import TerminalDriver\n"
        "stop = TerminalDriver.stop_application_mode\n"
        "def stopped(driver):\n    os.kill(os.getpid(), signal.SIGCONT)\n    stop(driver)\n"
        "TerminalDriver.stop_application_mode = stopped\n"
        "sys.exit(main(['--node', 'unix:/nowhere/node.sock']))\n"
    )
    with Terminal([sys.executable, "-c", script], environment={"QUANTIX_STATE": str(tmp_path)}) as terminal:
        terminal.wait_for("THIS NODE")
        terminal.send_signal(signal.SIGHUP)
        assert terminal.wait_for_exit() == 128 + signal.SIGHUP
        assert terminal.received.count(b"\x1b[?1049h") == 1
