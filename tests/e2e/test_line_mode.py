"""Questions and answers in place of screens, told to the real program."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.console.endings import LOGIN_PROMPT
from tests.support.leaks import leaks_in_texts
from tests.support.sandbox import Sandbox, with_node
from tests.support.terminal import Terminal


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Terminal]:
    """Line mode by TERM alone, where no daemon runs."""
    here = ("--node", f"unix:{tmp_path}/node.sock", "--config", str(tmp_path / "config.yaml"))
    with Terminal([sys.executable, "-m", "quantix_tui", *here], term="dumb") as terminal:
        terminal.wait_for("Number, or Enter for the menu:")
        yield terminal


def test_join_and_leave_by_answers(sandbox: Sandbox) -> None:
    with Terminal([*with_node(sandbox), "--line-mode"], rows=60) as terminal:
        terminal.wait_for("standalone")
        terminal.wait_for("Number")
        terminal.press("2\n")
        terminal.wait_for("Address of the control plane:")
        terminal.press("http://[::1\n")
        terminal.wait_for(lambda text: text.count("Address of the control plane:") == 2)
        terminal.press(f"{sandbox.address}\n")
        terminal.wait_for("CA file")
        terminal.press("\n")
        terminal.wait_for("(not shown):")
        terminal.press(f"{sandbox.new_token()}\n")
        terminal.wait_for("Is it the same?")
        terminal.press("yes\n")
        terminal.wait_for("Save it and join?")
        terminal.press("yes\n")
        terminal.wait_for("Restart it now?")
        terminal.press("yes\n")
        terminal.wait_for("Connected to")
        terminal.press("3\n")
        terminal.wait_for("Leave the cluster?")
        terminal.press("yes\n")
        terminal.wait_for("This node has left")
        terminal.wait_for(lambda text: text.count("Restart it now?") == 2)
        terminal.press("\n")
        terminal.wait_for(lambda text: text.rstrip().endswith("menu:"))
        terminal.press("0\n")
        assert terminal.wait_for_exit() == 0
        assert leaks_in_texts({"the bytes sent to the terminal": bytes(terminal.received)}, sandbox.tokens()) == []
        # Nothing but lines: no cursor is moved, no colour is set.
        assert b"\x1b" not in terminal.received


def test_a_ca_file_vouches_for_the_control_plane(sandbox: Sandbox) -> None:
    with Terminal([*with_node(sandbox), "--line-mode"], rows=60) as terminal:
        terminal.wait_for("Number")
        terminal.press("2\n")
        terminal.wait_for("Address of the control plane:")
        terminal.press(f"{sandbox.address}\n")
        terminal.wait_for("CA file, its whole path, or Enter for the public CAs:")
        terminal.press("ca.pem\n")
        terminal.wait_for("does not begin with /")
        terminal.press(f"{sandbox.facts['ca_file']}\n")
        terminal.wait_for("(not shown):")
        terminal.press(f"{sandbox.new_token()}\n")
        terminal.wait_for("Save it and join?")
        assert "Is it the same?" not in terminal.text
        terminal.press("yes\n")
        terminal.wait_for("Restart it now?")
        terminal.press("\n")
        terminal.wait_for(lambda text: text.rstrip().endswith("menu:"))
    assert "control-plane-ca" in sandbox.config.read_text()


def test_ctrl_c_goes_back_to_the_menu_from_everywhere(alone: Terminal) -> None:
    alone.press("2\n")
    alone.wait_for("Address of the control plane:")
    alone.press("ctrl+c")
    alone.wait_for("Back in the menu.")
    alone.press("\x04")
    assert alone.wait_for_exit() == 0


def test_what_cannot_be_done_is_said_and_the_menu_goes_on(alone: Terminal) -> None:
    alone.press("5\n")
    alone.wait_for("The node daemon keeps the events")
    alone.press("77\n")
    alone.wait_for("There is no such number.")
    alone.press("\n")
    alone.wait_for("0  quit")


def test_without_a_terminal_it_reads_its_answers_from_anywhere(tmp_path: Path) -> None:
    here = ("--node", f"unix:{tmp_path}/node.sock", "--config", str(tmp_path / "config.yaml"))
    done = subprocess.run(
        [sys.executable, "-m", "quantix_tui", *here, "--line-mode"],
        input="1\n0\n",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr == ""
    assert "Number, or Enter for the menu:" in done.stdout


def test_on_a_line_of_the_node_a_change_asks_who_it_is_and_quitting_means_the_login_prompt(tmp_path: Path) -> None:
    here = ("--node", f"unix:{tmp_path}/node.sock", "--config", str(tmp_path / "config.yaml"), "--line-mode")
    environment = {"QUANTIX_LINE": "tty1"}
    with Terminal([sys.executable, "-m", "quantix_tui", *here], environment=environment, rows=60) as terminal:
        terminal.wait_for("20  log in as an administrator")
        terminal.press("2\n")
        # What follows depends on who has a password on this machine.
        terminal.wait_for(lambda text: "password" in text or "User (" in text)
        assert "Address of the control plane" not in terminal.text
        terminal.press("ctrl+c")
        terminal.wait_for("Back in the menu.")
        terminal.press("0\n")
        terminal.wait_for("Leave this line to its login prompt?")
        terminal.press("yes\n")
        assert terminal.wait_for_exit() == LOGIN_PROMPT
